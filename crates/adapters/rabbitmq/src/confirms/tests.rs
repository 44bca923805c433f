use tokio::sync::oneshot::Receiver;
use uuid::Uuid;

use super::*;

fn id(number: u128) -> TaskId {
    TaskId(Uuid::from_u128(number))
}

fn expect(confirms: &mut Confirms, number: u128) -> Receiver<Delivery> {
    let place = confirms.places().try_acquire_owned().unwrap();
    confirms.expect(id(number), place).unwrap()
}

fn send(confirms: &mut Confirms, number: u128) -> Receiver<Delivery> {
    let answer = expect(confirms, number);
    confirms.sent();
    answer
}

/// Messages 1 to `N` in flight.
fn in_flight<const N: usize>(confirms: &mut Confirms) -> [Receiver<Delivery>; N] {
    std::array::from_fn(|index| send(confirms, index as u128 + 1))
}

fn is_waiting(answer: &mut Receiver<Delivery>) -> bool {
    answer.try_recv() == Err(oneshot::error::TryRecvError::Empty)
}

#[test]
fn one_confirm_may_answer_several_messages() {
    let mut confirms = Confirms::new(10);
    let [mut first, mut second, mut third] = in_flight(&mut confirms);
    confirms.acked(2, true);
    assert_eq!(first.try_recv(), Ok(Delivery::Confirmed));
    assert_eq!(second.try_recv(), Ok(Delivery::Confirmed));
    assert!(is_waiting(&mut third));
    confirms.acked(0, true);
    assert_eq!(third.try_recv(), Ok(Delivery::Confirmed));
}

#[test]
fn confirms_may_come_out_of_order() {
    let mut confirms = Confirms::new(10);
    let [mut first, mut second, mut third] = in_flight(&mut confirms);
    confirms.acked(3, false);
    assert_eq!(third.try_recv(), Ok(Delivery::Confirmed));
    assert!(is_waiting(&mut first));
    assert!(is_waiting(&mut second));
    confirms.acked(2, true);
    assert_eq!(first.try_recv(), Ok(Delivery::Confirmed));
    assert_eq!(second.try_recv(), Ok(Delivery::Confirmed));
}

#[test]
fn a_returned_message_is_refused_though_it_is_confirmed() {
    let mut confirms = Confirms::new(10);
    let [mut first, mut second, mut third] = in_flight(&mut confirms);
    confirms.returned(&id(2).to_string(), "312 NO_ROUTE".to_owned());
    confirms.acked(3, true);
    assert_eq!(first.try_recv(), Ok(Delivery::Confirmed));
    assert_eq!(
        second.try_recv(),
        Ok(Delivery::Refused("312 NO_ROUTE".to_owned()))
    );
    assert_eq!(third.try_recv(), Ok(Delivery::Confirmed));
}

#[test]
fn a_return_means_the_oldest_message_of_its_id() {
    let mut confirms = Confirms::new(10);
    let mut first = send(&mut confirms, 1);
    let mut again = send(&mut confirms, 1);
    confirms.returned(&id(1).to_string(), "312 NO_ROUTE".to_owned());
    confirms.acked(2, true);
    assert!(matches!(first.try_recv(), Ok(Delivery::Refused(_))));
    assert_eq!(again.try_recv(), Ok(Delivery::Confirmed));
}

#[test]
fn a_negative_confirm_is_a_refusal() {
    let mut confirms = Confirms::new(10);
    let [mut first, mut second, mut third] = in_flight(&mut confirms);
    confirms.nacked(2, false);
    assert!(is_waiting(&mut first));
    assert!(matches!(second.try_recv(), Ok(Delivery::Refused(_))));
    confirms.nacked(3, true);
    assert!(matches!(first.try_recv(), Ok(Delivery::Refused(_))));
    assert!(matches!(third.try_recv(), Ok(Delivery::Refused(_))));
}

#[test]
fn a_confirm_may_overtake_the_note_that_its_message_was_sent() {
    let mut confirms = Confirms::new(10);
    let mut first = expect(&mut confirms, 1);
    confirms.acked(1, false);
    confirms.sent();
    assert_eq!(first.try_recv(), Ok(Delivery::Confirmed));
    let mut second = send(&mut confirms, 2);
    confirms.acked(2, false);
    assert_eq!(second.try_recv(), Ok(Delivery::Confirmed));
}

#[test]
fn a_message_that_was_never_sent_uses_up_no_number() {
    let mut confirms = Confirms::new(2);
    let mut first = send(&mut confirms, 1);
    let mut cancelled = expect(&mut confirms, 2);
    confirms.acked(1, true);
    assert_eq!(first.try_recv(), Ok(Delivery::Confirmed));
    assert!(is_waiting(&mut cancelled));
    let mut third = send(&mut confirms, 3);
    assert_eq!(cancelled.try_recv(), Err(oneshot::error::TryRecvError::Closed));
    confirms.acked(2, false);
    assert_eq!(third.try_recv(), Ok(Delivery::Confirmed));
    assert_eq!(confirms.places().available_permits(), 2);
}

#[test]
fn a_sender_that_went_away_keeps_its_number() {
    let mut confirms = Confirms::new(10);
    drop(send(&mut confirms, 1));
    let mut second = send(&mut confirms, 2);
    confirms.acked(1, false);
    assert!(is_waiting(&mut second));
    confirms.acked(2, false);
    assert_eq!(second.try_recv(), Ok(Delivery::Confirmed));
}

#[test]
fn losing_the_channel_wakes_everybody_and_refuses_newcomers() {
    let mut confirms = Confirms::new(10);
    let [mut first, mut second] = in_flight(&mut confirms);
    let place = confirms.places().try_acquire_owned().unwrap();
    confirms.lose("cut");
    confirms.lose("and gone");
    assert_eq!(first.try_recv(), Ok(Delivery::Unreachable("cut".to_owned())));
    assert_eq!(second.try_recv(), Ok(Delivery::Unreachable("cut".to_owned())));
    assert_eq!(confirms.lost(), Some("cut"));
    assert_eq!(confirms.expect(id(3), place).unwrap_err(), "cut");
    assert!(confirms.places().try_acquire_owned().is_err());
}

#[test]
fn dropping_the_bookkeeping_wakes_everybody() {
    let mut confirms = Confirms::new(10);
    let [mut first] = in_flight(&mut confirms);
    drop(confirms);
    assert_eq!(first.try_recv(), Err(oneshot::error::TryRecvError::Closed));
}

#[test]
fn a_place_is_free_again_when_its_message_is_answered() {
    let mut confirms = Confirms::new(2);
    let _answers: [_; 2] = in_flight(&mut confirms);
    assert!(confirms.places().try_acquire_owned().is_err());
    assert!(!confirms.answered());
    confirms.acked(1, false);
    assert!(confirms.answered());
    assert_eq!(confirms.places().available_permits(), 1);
}
