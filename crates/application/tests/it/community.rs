//! First acts of an owner on an image nobody else sees yet.

use std::sync::Arc;

use domain::{
    GenerationId,
    generations::MockGenerationQueries,
    social::{Liked, MockCommunity, MockCommunityQueries},
};
use mockall::Sequence;
use stylelicense_application::social::{CommunityError, CommunityService};

use crate::support::{USER, clock};

const IMAGE: GenerationId = GenerationId(31);

fn liking(outcomes: [Liked; 2]) -> CommunityService {
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
    // Whether this call made the post or another one was faster is not told.
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
async fn a_like_is_tried_again_whoever_prepared_the_post() {
    let service = liking([Liked::NoImage, Liked::Added { like_count: 1 }]);
    assert_eq!(service.like(IMAGE, USER).await.unwrap(), 1);
}

#[tokio::test]
async fn an_image_that_is_not_there_is_looked_for_twice_and_no_more() {
    let service = liking([Liked::NoImage, Liked::NoImage]);
    assert!(matches!(
        service.like(IMAGE, USER).await,
        Err(CommunityError::NoImage)
    ));
}
