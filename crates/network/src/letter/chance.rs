//! Randomness for sealing, all of it made of a seed.

use hpke::rand_core::{Infallible, TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};

/// Randomness that was handed in: SHA-256 of the seed and a counter, so that it does not matter how much of
/// it is asked for.
pub(crate) struct Chance {
    seed: [u8; 32],
    block: u64,
}

impl Chance {
    /// From 32 random bytes, which are used for nothing else.
    pub(crate) fn of(seed: [u8; 32]) -> Chance {
        Chance { seed, block: 0 }
    }

    /// The next bytes.
    pub(crate) fn fill(&mut self, out: &mut [u8]) {
        for piece in out.chunks_mut(32) {
            let block =
                Sha256::new().chain_update(self.seed).chain_update(self.block.to_be_bytes()).finalize();
            self.block += 1;
            piece.copy_from_slice(&block[..piece.len()]);
        }
    }
}

impl TryRng for Chance {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.fill(out);
        Ok(())
    }
}

impl TryCryptoRng for Chance {}
