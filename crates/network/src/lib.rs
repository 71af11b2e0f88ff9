//! What nodes say to each other: messages and pure state machines, without sockets.
