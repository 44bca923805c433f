//! Number of worker threads, and the share of each in the database connections.

use std::{num::NonZero, thread::available_parallelism};

/// Sizes of the pools: one per worker thread and one for background work.
#[derive(Debug, PartialEq, Eq)]
pub struct ConnectionBudget {
    /// One entry per worker thread.
    pub threads: Vec<u32>,
    pub background: u32,
}

impl ConnectionBudget {
    /// Starts one worker thread per processor, or fewer if there are too few connections.
    pub fn of(max_connections: u32) -> Self {
        let processors = available_parallelism().map_or(1, NonZero::get);
        let shares = Self::among(max_connections, u32::try_from(processors).unwrap_or(u32::MAX));
        if shares.threads.len() < processors {
            tracing::warn!(
                max_connections,
                processors,
                threads = shares.threads.len(),
                "DATABASE_MAX_CONNECTIONS is too small for one worker thread per processor, starting fewer threads"
            );
        }
        shares
    }

    /// Every pool gets at least one connection, so with fewer connections than pools there are fewer threads. The
    /// remainder goes to background work first, then to the first threads.
    fn among(max_connections: u32, processors: u32) -> Self {
        let threads = processors.min(max_connections.saturating_sub(1)).max(1);
        let (each, rest) = (max_connections / (threads + 1), max_connections % (threads + 1));
        let share = |place: u32| (each + u32::from(place < rest)).max(1);
        Self {
            threads: (1..=threads).map(share).collect(),
            background: share(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pool_has_a_connection_and_all_together_stay_within_the_setting() {
        for max_connections in 2..200 {
            for processors in 1..100 {
                let ConnectionBudget { threads, background } =
                    ConnectionBudget::among(max_connections, processors);
                assert!(background >= 1 && threads.iter().all(|share| *share >= 1));
                assert_eq!(background + threads.iter().sum::<u32>(), max_connections);
            }
        }
    }

    #[test]
    fn few_connections_make_fewer_threads() {
        let shares = |max_connections, processors| {
            let ConnectionBudget { threads, background } =
                ConnectionBudget::among(max_connections, processors);
            (threads, background)
        };
        assert_eq!(shares(16, 2), (vec![5, 5], 6));
        assert_eq!(shares(16, 4), (vec![3, 3, 3, 3], 4));
        assert_eq!(shares(3, 8), (vec![1, 1], 1));
        assert_eq!(shares(2, 8), (vec![1], 1));
    }
}
