//! What any Vietnamese public software needs: text, administrative units, agencies.
