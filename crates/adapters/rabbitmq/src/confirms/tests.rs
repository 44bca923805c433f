use tokio::sync::oneshot::Receiver;
use uuid::Uuid;

use super::*;

fn id(number: u128) -> TaskId {
    TaskId(Uuid::from_u128(number))
}

fn register(confirms: &mut Confirms, number: u128) -> Receiver<Delivery> {
    let permit = confirms.permits().try_acquire_owned().unwrap();
    confirms.register(id(number), permit).unwrap()
}

fn send(confirms: &mut Confirms, number: u128) -> Receiver<Delivery> {
    let delivery = register(confirms, number);
    confirms.mark_sent();
    delivery
}

/// Messages 1 to `N` in flight.
fn in_flight<const N: usize>(confirms: &mut Confirms) -> [Receiver<Delivery>; N] {
    std::array::from_fn(|index| send(confirms, index as u128 + 1))
}

fn is_pending(delivery: &mut Receiver<Delivery>) -> bool {
    delivery.try_recv() == Err(oneshot::error::TryRecvError::Empty)
}

#[test]
fn one_confirm_may_cover_several_messages() {
    let mut confirms = Confirms::new(10);
    let [mut first, mut second, mut third] = in_flight(&mut confirms);
    confirms.ack(2, true);
    assert_eq!(first.try_recv(), Ok(Delivery::Confirmed));
    assert_eq!(second.try_recv(), Ok(Delivery::Confirmed));
    assert!(is_pending(&mut third));
    confirms.ack(0, true);
    assert_eq!(third.try_recv(), Ok(Delivery::Confirmed));
}

#[test]
fn confirms_may_come_out_of_order() {
    let mut confirms = Confirms::new(10);
    let [mut first, mut second, mut third] = in_flight(&mut confirms);
    confirms.ack(3, false);
    assert_eq!(third.try_recv(), Ok(Delivery::Confirmed));
    assert!(is_pending(&mut first));
    assert!(is_pending(&mut second));
    confirms.ack(2, true);
    assert_eq!(first.try_recv(), Ok(Delivery::Confirmed));
    assert_eq!(second.try_recv(), Ok(Delivery::Confirmed));
}

#[test]
fn a_returned_message_is_refused_although_it_is_confirmed() {
    let mut confirms = Confirms::new(10);
    let [mut first, mut second, mut third] = in_flight(&mut confirms);
    confirms.mark_returned(&id(2).to_string(), "312 NO_ROUTE".to_owned());
    confirms.ack(3, true);
    assert_eq!(first.try_recv(), Ok(Delivery::Confirmed));
    assert_eq!(
        second.try_recv(),
        Ok(Delivery::Refused("312 NO_ROUTE".to_owned()))
    );
    assert_eq!(third.try_recv(), Ok(Delivery::Confirmed));
}

#[test]
fn a_return_belongs_to_the_oldest_message_with_its_id() {
    let mut confirms = Confirms::new(10);
    let mut first = send(&mut confirms, 1);
    let mut again = send(&mut confirms, 1);
    confirms.mark_returned(&id(1).to_string(), "312 NO_ROUTE".to_owned());
    confirms.ack(2, true);
    assert!(matches!(first.try_recv(), Ok(Delivery::Refused(_))));
    assert_eq!(again.try_recv(), Ok(Delivery::Confirmed));
}

#[test]
fn a_rejected_message_is_refused() {
    let mut confirms = Confirms::new(10);
    let [mut first, mut second, mut third] = in_flight(&mut confirms);
    confirms.nack(2, false);
    assert!(is_pending(&mut first));
    assert!(matches!(second.try_recv(), Ok(Delivery::Refused(_))));
    confirms.nack(3, true);
    assert!(matches!(first.try_recv(), Ok(Delivery::Refused(_))));
    assert!(matches!(third.try_recv(), Ok(Delivery::Refused(_))));
}

#[test]
fn a_confirm_may_arrive_before_its_message_is_marked_as_sent() {
    let mut confirms = Confirms::new(10);
    let mut first = register(&mut confirms, 1);
    confirms.ack(1, false);
    confirms.mark_sent();
    assert_eq!(first.try_recv(), Ok(Delivery::Confirmed));
    let mut second = send(&mut confirms, 2);
    confirms.ack(2, false);
    assert_eq!(second.try_recv(), Ok(Delivery::Confirmed));
}

#[test]
fn a_message_that_was_not_sent_does_not_use_up_a_tag() {
    let mut confirms = Confirms::new(2);
    let mut first = send(&mut confirms, 1);
    let mut cancelled = register(&mut confirms, 2);
    confirms.ack(1, true);
    assert_eq!(first.try_recv(), Ok(Delivery::Confirmed));
    assert!(is_pending(&mut cancelled));
    let mut third = send(&mut confirms, 3);
    assert_eq!(cancelled.try_recv(), Err(oneshot::error::TryRecvError::Closed));
    confirms.ack(2, false);
    assert_eq!(third.try_recv(), Ok(Delivery::Confirmed));
    assert_eq!(confirms.permits().available_permits(), 2);
}

#[test]
fn a_sent_message_keeps_its_tag_when_its_receiver_is_dropped() {
    let mut confirms = Confirms::new(10);
    drop(send(&mut confirms, 1));
    let mut second = send(&mut confirms, 2);
    confirms.ack(1, false);
    assert!(is_pending(&mut second));
    confirms.ack(2, false);
    assert_eq!(second.try_recv(), Ok(Delivery::Confirmed));
}

#[test]
fn losing_the_channel_wakes_all_senders_and_refuses_new_messages() {
    let mut confirms = Confirms::new(10);
    let [mut first, mut second] = in_flight(&mut confirms);
    let permit = confirms.permits().try_acquire_owned().unwrap();
    confirms.mark_lost("cut");
    confirms.mark_lost("and gone");
    assert_eq!(first.try_recv(), Ok(Delivery::Unreachable("cut".to_owned())));
    assert_eq!(second.try_recv(), Ok(Delivery::Unreachable("cut".to_owned())));
    assert_eq!(confirms.lost_reason(), Some("cut"));
    assert_eq!(confirms.register(id(3), permit).unwrap_err(), "cut");
    assert!(confirms.permits().try_acquire_owned().is_err());
}

#[test]
fn dropping_the_confirms_wakes_all_senders() {
    let mut confirms = Confirms::new(10);
    let [mut first] = in_flight(&mut confirms);
    drop(confirms);
    assert_eq!(first.try_recv(), Err(oneshot::error::TryRecvError::Closed));
}

#[test]
fn a_confirm_releases_the_permit_of_its_message() {
    let mut confirms = Confirms::new(2);
    let _deliveries: [_; 2] = in_flight(&mut confirms);
    assert!(confirms.permits().try_acquire_owned().is_err());
    assert!(!confirms.answered());
    confirms.ack(1, false);
    assert!(confirms.answered());
    assert_eq!(confirms.permits().available_permits(), 1);
}
