//! Bodies and queries of `/api/generations`.

use domain::{
    StyleId, UserId,
    generations::{AspectRatio, Caption, GenerationStatus, PromptTags, Seed},
    styles::TagName,
};

use crate::{
    edge::fields::{MAX_FILTER_TAGS, NonNull, Nullable, OrDefault, SortedPage, TimePage, WordList, words},
    request,
};

request! {
    /// An image to be made.
    pub struct CreateGeneration {
        /// The style.
        style_id: StyleId = 7,
        /// What the image shall show: English tags.
        prompt_tags: PromptTags = ["lighthouse", "storm"],
        /// Caption.
        description: Option<Caption>,
        /// `1:1` (512×512), `2:2` (1024×1024) or `1:2` (512×1024).
        aspect_ratio: AspectRatio = "1:1",
        /// Drawn when absent.
        seed: Option<Seed> = 42,
    }
}

request! {
    /// A change to an image; what is absent stays.
    pub struct UpdateGeneration {
        /// Show it to everybody, or to nobody else.
        is_public: NonNull<bool> = true,
        /// New caption; an empty one or null removes it.
        description: Nullable<Caption>,
    }
}

/// Statuses that a list shows; none for all.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct StatusFilter(pub Vec<GenerationStatus>);

words! { StatusFilter:
    "all" => Self(vec![]),
    "queued" => Self(vec![GenerationStatus::Queued]),
    "processing" => Self(vec![GenerationStatus::Processing, GenerationStatus::Retrying]),
    "completed" => Self(vec![GenerationStatus::Completed]),
    "failed" => Self(vec![GenerationStatus::Failed, GenerationStatus::Canceled]),
}

/// Whether a list shows public images, private ones or both.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PublicFilter(pub Option<bool>);

words! { PublicFilter:
    "all" => Self(None),
    "true" => Self(Some(true)),
    "false" => Self(Some(false)),
}

request! {
    pub struct OwnGenerationQuery {
        /// `processing` includes those being retried, `failed` those canceled.
        status: OrDefault<StatusFilter> = "completed",
        /// Which of the images.
        is_public: OrDefault<PublicFilter> = "all",
        page: TimePage,
    }
}

request! {
    pub struct FeedQuery {
        /// most liked first, then newest.
        sorted: SortedPage,
        /// Tags separated by commas; an image has them all.
        tags: OrDefault<WordList<TagName, MAX_FILTER_TAGS>> = "lighthouse",
        /// Images of this person.
        user_id: Option<UserId> = 12,
        /// Images in this style.
        style_id: Option<StyleId> = 7,
    }
}
