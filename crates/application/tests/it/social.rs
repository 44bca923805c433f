//! Likes of the owner's private image, which may not have a post yet.

use std::sync::Arc;

use domain::{
    GenerationId,
    generations::MockGenerationQueries,
    social::{LikeOutcome, MockCommunity, MockCommunityQueries},
};
use mockall::Sequence;
use stylelicense_application::social::{CommunityError, CommunityService};

use crate::support::{USER, clock};

const IMAGE: GenerationId = GenerationId(31);

fn service(outcomes: [LikeOutcome; 2]) -> CommunityService {
    let mut community = MockCommunity::new();
    let mut order = Sequence::new();
    let mut like = |community: &mut MockCommunity, outcome| {
        community
            .expect_like()
            .times(1)
            .in_sequence(&mut order)
            .returning(move |_| Ok(outcome));
    };
    like(&mut community, outcomes[0]);
    like(&mut community, outcomes[1]);
    community
        .expect_prepare_post()
        .times(1)
        .returning(|_, _, _| Ok(()));
    let mut generations = MockGenerationQueries::new();
    generations.expect_view().returning(|_, _| Ok(None));
    CommunityService {
        community: Arc::new(community),
        queries: Arc::new(MockCommunityQueries::new()),
        generations: Arc::new(generations),
        clock: clock(),
    }
}

#[tokio::test]
async fn a_like_is_retried_after_preparing_the_post() {
    let service = service([LikeOutcome::NoImage, LikeOutcome::Added { like_count: 1 }]);
    assert_eq!(service.like(IMAGE, USER).await.unwrap(), 1);
}

#[tokio::test]
async fn a_like_of_a_missing_image_is_retried_once() {
    let service = service([LikeOutcome::NoImage, LikeOutcome::NoImage]);
    assert!(matches!(
        service.like(IMAGE, USER).await,
        Err(CommunityError::NoImage)
    ));
}
