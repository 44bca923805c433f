//! Request types of `/api/generations`.

use domain::{
    StyleId, UserId,
    generations::{AspectRatio, Caption, GenerationStatus, PromptTags, Seed},
    styles::TagName,
};

use crate::{
    edge::fields::{
        CommaSeparated, MAX_FILTER_TAGS, NonNull, Nullable, OrDefault, SortedPage, TimePage, string_enum,
    },
    request,
};

request! {
    /// A new generation.
    pub struct CreateGeneration {
        /// Id of the style.
        style_id: StyleId = 7,
        /// Content of the image as English tags.
        prompt_tags: PromptTags = ["lighthouse", "storm"],
        /// Caption of the image.
        description: Option<Caption>,
        /// Size of the image: `1:1` (512×512), `2:2` (1024×1024) or `1:2` (512×1024).
        aspect_ratio: AspectRatio = "1:1",
        /// Random if absent.
        seed: Option<Seed> = 42,
    }
}

request! {
    /// An update of an image. Absent fields do not change.
    pub struct UpdateGeneration {
        /// Whether the image is public.
        is_public: NonNull<bool> = true,
        /// New caption; an empty string or null removes it.
        description: Nullable<Caption>,
    }
}

/// The statuses in a list; empty for all.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct StatusFilter(pub Vec<GenerationStatus>);

string_enum! { StatusFilter:
    "all" => Self(vec![]),
    "queued" => Self(vec![GenerationStatus::Queued]),
    "processing" => Self(vec![GenerationStatus::Processing, GenerationStatus::Retrying]),
    "completed" => Self(vec![GenerationStatus::Completed]),
    "failed" => Self(vec![GenerationStatus::Failed, GenerationStatus::Canceled]),
}

/// Selects public images, private images or both.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct PublicFilter(pub Option<bool>);

string_enum! { PublicFilter:
    "all" => Self(None),
    "true" => Self(Some(true)),
    "false" => Self(Some(false)),
}

request! {
    pub struct OwnGenerationQuery {
        /// `processing` includes `retrying`, and `failed` includes `canceled`.
        status: OrDefault<StatusFilter> = "completed",
        /// Selects public (`true`) or private (`false`) images.
        is_public: OrDefault<PublicFilter> = "all",
        page: TimePage,
    }
}

request! {
    pub struct FeedQuery {
        /// most liked first, then newest.
        sorted: SortedPage,
        /// Comma-separated tags. An image must have all of them.
        tags: OrDefault<CommaSeparated<TagName, MAX_FILTER_TAGS>> = "lighthouse",
        /// Only images of this user.
        user_id: Option<UserId> = 12,
        /// Only images in this style.
        style_id: Option<StyleId> = 7,
    }
}
