//! The ledger as the rules alone would have it: which entry may follow, and what each account holds. The SQL is tested
//! against it.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use domain::{
    GenerationId, Tokens,
    tokens::{Account, EntryKey, EntryKind, TokenTransaction},
};

/// Why an entry may not be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LedgerRefusal {
    /// An entry with this key exists: the movement was made already.
    #[error("{0} was entered already")]
    Duplicate(EntryKey),
    /// An entry moves at least one token.
    #[error("an entry moves at least one token")]
    Nothing,
    /// The debited account holds less than the amount.
    #[error("{required} tokens needed, {available} there")]
    InsufficientTokens { required: Tokens, available: Tokens },
    /// A settlement without its hold, or of another amount or payer than the hold.
    #[error("generation {0} has no such hold")]
    NoSuchHold(GenerationId),
    /// The accounts do not fit the kind.
    #[error("the accounts do not fit a {0:?}")]
    WrongAccounts(EntryKind),
    /// A balance would leave the range of a 64-bit integer.
    #[error("a balance would overflow")]
    Overflow,
}

/// Every entry ever made and what follows from it.
#[derive(Debug, Clone, Default)]
pub struct ReferenceLedger {
    keys: BTreeSet<EntryKey>,
    holds: BTreeMap<GenerationId, TokenTransaction>,
    balances: BTreeMap<Account, Tokens>,
    issued: i64,
}

impl ReferenceLedger {
    /// Makes `entry`, or says why not and changes nothing.
    pub fn enter(&mut self, entry: TokenTransaction) -> Result<(), LedgerRefusal> {
        if self.keys.contains(&entry.key) {
            return Err(LedgerRefusal::Duplicate(entry.key));
        }
        if entry.amount == Tokens::ZERO {
            return Err(LedgerRefusal::Nothing);
        }
        fits(&entry)?;
        if matches!(entry.kind, EntryKind::Capture | EntryKind::Release) {
            self.settles_its_hold(&entry)?;
        }
        let debited = self.debit(&entry)?;
        let credited = self.credit(&entry)?;
        self.issued += issued_by(&entry);
        self.balances.extend(debited.into_iter().chain(credited));
        self.keys.insert(entry.key.clone());
        if let (EntryKind::Hold, Some(generation)) = (entry.kind, entry.generation) {
            self.holds.insert(generation, entry);
        }
        Ok(())
    }

    /// What is in an account. The platform's own account is not kept: it is the source of all tokens.
    pub fn balance(&self, account: Account) -> Tokens {
        self.balances.get(&account).copied().unwrap_or_default()
    }

    /// Tokens issued and not returned: equals the sum of all accounts (promise P1).
    pub fn issued(&self) -> i64 {
        self.issued
    }

    /// The sum over all accounts but the platform's.
    pub fn total(&self) -> i64 {
        self.balances.values().map(|t| t.get()).sum()
    }

    fn debit(&self, entry: &TokenTransaction) -> Result<Option<(Account, Tokens)>, LedgerRefusal> {
        if entry.debit == Account::Platform {
            return Ok(None);
        }
        let available = self.balance(entry.debit);
        let rest = available
            .checked_sub(entry.amount)
            .ok_or(LedgerRefusal::InsufficientTokens {
                required: entry.amount,
                available,
            })?;
        Ok(Some((entry.debit, rest)))
    }

    fn credit(&self, entry: &TokenTransaction) -> Result<Option<(Account, Tokens)>, LedgerRefusal> {
        if entry.credit == Account::Platform {
            return Ok(None);
        }
        let sum = self
            .balance(entry.credit)
            .checked_add(entry.amount)
            .ok_or(LedgerRefusal::Overflow)?;
        Ok(Some((entry.credit, sum)))
    }

    fn settles_its_hold(&self, entry: &TokenTransaction) -> Result<(), LedgerRefusal> {
        let Some(generation) = entry.generation else {
            return Err(LedgerRefusal::WrongAccounts(entry.kind));
        };
        let fits = self
            .holds
            .get(&generation)
            .is_some_and(|hold| hold.amount == entry.amount && hold.credit == entry.debit);
        if fits {
            Ok(())
        } else {
            Err(LedgerRefusal::NoSuchHold(generation))
        }
    }
}

/// Who is debited and credited for which kind. The database has the same table as a CHECK.
fn fits(entry: &TokenTransaction) -> Result<(), LedgerRefusal> {
    use Account as A;
    let fits = match (entry.kind, entry.debit, entry.credit) {
        (EntryKind::Welcome | EntryKind::Purchase | EntryKind::Adjustment, A::Platform, A::Available(_))
        | (EntryKind::PurchaseReversal | EntryKind::Adjustment, A::Available(_), A::Platform)
        | (EntryKind::Adjustment, A::Earned(_), A::Platform)
        | (EntryKind::Capture, A::Held(_), A::Earned(_)) => true,
        (EntryKind::Hold, A::Available(from), A::Held(to))
        | (EntryKind::Release, A::Held(from), A::Available(to)) => from == to,
        _ => false,
    };
    if fits {
        Ok(())
    } else {
        Err(LedgerRefusal::WrongAccounts(entry.kind))
    }
}

fn issued_by(entry: &TokenTransaction) -> i64 {
    match (entry.debit, entry.credit) {
        (Account::Platform, _) => entry.amount.get(),
        (_, Account::Platform) => -entry.amount.get(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use domain::UserId;

    const PAYER: UserId = UserId(1);
    const ARTIST: UserId = UserId(2);

    fn tokens(n: i64) -> Tokens {
        Tokens::new(n).unwrap()
    }

    fn welcomed() -> ReferenceLedger {
        let mut books = ReferenceLedger::default();
        books.enter(TokenTransaction::welcome(PAYER)).unwrap();
        books
    }

    #[test]
    fn a_capture_moves_what_was_held_to_the_artist() {
        let mut books = welcomed();
        books
            .enter(TokenTransaction::hold(GenerationId(7), PAYER, tokens(30)))
            .unwrap();
        books
            .enter(TokenTransaction::capture(
                GenerationId(7),
                PAYER,
                ARTIST,
                tokens(30),
            ))
            .unwrap();
        assert_eq!(books.balance(Account::Available(PAYER)), tokens(70));
        assert_eq!(books.balance(Account::Held(PAYER)), Tokens::ZERO);
        assert_eq!(books.balance(Account::Earned(ARTIST)), tokens(30));
    }

    #[test]
    fn p3_a_generation_is_settled_once() {
        let mut books = welcomed();
        books
            .enter(TokenTransaction::hold(GenerationId(7), PAYER, tokens(30)))
            .unwrap();
        books
            .enter(TokenTransaction::release(GenerationId(7), PAYER, tokens(30)))
            .unwrap();
        let late = books.enter(TokenTransaction::capture(
            GenerationId(7),
            PAYER,
            ARTIST,
            tokens(30),
        ));
        assert_eq!(
            late,
            Err(LedgerRefusal::Duplicate(EntryKey::settle(GenerationId(7))))
        );
        assert_eq!(books.balance(Account::Available(PAYER)), tokens(100));
    }

    #[test]
    fn a_settlement_needs_its_hold() {
        let mut books = welcomed();
        let lone = books.enter(TokenTransaction::release(GenerationId(7), PAYER, tokens(30)));
        assert_eq!(lone, Err(LedgerRefusal::NoSuchHold(GenerationId(7))));
        books
            .enter(TokenTransaction::hold(GenerationId(7), PAYER, tokens(30)))
            .unwrap();
        let more = books.enter(TokenTransaction::release(GenerationId(7), PAYER, tokens(31)));
        assert_eq!(more, Err(LedgerRefusal::NoSuchHold(GenerationId(7))));
    }

    #[test]
    fn one_welcome_bonus_per_user() {
        assert!(matches!(
            welcomed().enter(TokenTransaction::welcome(PAYER)),
            Err(LedgerRefusal::Duplicate(_))
        ));
    }

    #[test]
    fn p1_what_an_erased_account_held_is_no_longer_issued() {
        let mut books = welcomed();
        books
            .enter(TokenTransaction::hold(GenerationId(7), PAYER, tokens(30)))
            .unwrap();
        books
            .enter(TokenTransaction::capture(
                GenerationId(7),
                PAYER,
                ARTIST,
                tokens(30),
            ))
            .unwrap();
        books
            .enter(TokenTransaction::erased_wallet(PAYER, tokens(70)))
            .unwrap();
        books
            .enter(TokenTransaction::erased_earnings(ARTIST, tokens(30)))
            .unwrap();
        assert_eq!((books.issued(), books.total()), (0, 0));
        assert!(matches!(
            books.enter(TokenTransaction::erased_wallet(PAYER, tokens(70))),
            Err(LedgerRefusal::Duplicate(_))
        ));
    }

    #[test]
    fn accounts_must_fit_the_kind() {
        let mut entry = TokenTransaction::hold(GenerationId(7), PAYER, tokens(1));
        entry.credit = Account::Held(ARTIST);
        assert_eq!(
            welcomed().enter(entry),
            Err(LedgerRefusal::WrongAccounts(EntryKind::Hold))
        );
    }

    fn any_entry() -> impl Strategy<Value = TokenTransaction> {
        (0u8..5, 1i64..4, 1i64..4, 0i64..120).prop_map(|(kind, user, generation, amount)| {
            let (user, generation, amount) = (UserId(user), GenerationId(generation), tokens(amount));
            match kind {
                0 => TokenTransaction::welcome(user),
                1 => TokenTransaction::purchase(&format!("o{generation}"), user, amount),
                2 => TokenTransaction::hold(generation, user, amount),
                3 => TokenTransaction::capture(generation, user, ARTIST, amount),
                _ => TokenTransaction::release(generation, user, amount),
            }
        })
    }

    proptest! {
        #[test]
        fn p1_p2_nothing_is_lost_doubled_or_negative(entries in proptest::collection::vec(any_entry(), 0..200)) {
            let mut books = ReferenceLedger::default();
            for entry in entries {
                let before = books.clone();
                if books.enter(entry).is_err() {
                    prop_assert_eq!(&before.balances, &books.balances);
                    prop_assert_eq!(before.keys.len(), books.keys.len());
                }
                prop_assert_eq!(books.issued(), books.total());
                prop_assert!(books.balances.values().all(|t| t.get() >= 0));
            }
        }
    }
}
