//! Lists of styles, images and tokens, and reads of single rows.

use chrono::TimeDelta;
use domain::{
    GenerationId,
    generations::{FeedFilter, GenerationStatus as S, OwnGenerationFilter},
    page::Sort,
    styles::StyleFilter,
    tokens::TransactionFilter,
};

use crate::{
    generations::{self, feed},
    plans::{Case, PAGE, PERSON, STYLE, WINDOWED, case, middle, pages},
    sql::Sql,
    styles,
    tokens::{self, transactions},
    users,
};

pub(crate) fn cases() -> Vec<Case> {
    [public_lists(), own_lists(), single_reads()]
        .into_iter()
        .flatten()
        .collect()
}

fn public_lists() -> Vec<Case> {
    let mut cases = Vec::new();
    for (which, page) in pages() {
        for sort in [Sort::Recent, Sort::Popular] {
            for user in [None, Some(PERSON)] {
                for ids in [vec![], vec![1], vec![2, 1], vec![3, 2, 1]] {
                    for style in [None, Some(STYLE)] {
                        let filter = FeedFilter {
                            sort,
                            tags: vec![],
                            user,
                            style,
                        };
                        let sorted = user.is_some() && (sort == Sort::Popular || style.is_some());
                        let most = if ids.is_empty() && !sorted { PAGE } else { WINDOWED };
                        let name = format!("{which} page of the feed, {filter:?}, tags {ids:?}");
                        cases.push(case(
                            name,
                            feed::statement(&filter, ids.clone(), user, page),
                            most,
                        ));
                    }
                    let filter = StyleFilter {
                        sort,
                        tags: vec![],
                        artist: user,
                        unfinished_of: user,
                    };
                    let common = ids.first() != Some(&3);
                    let tags = (!ids.is_empty()).then(|| styles::tags::StyleTags {
                        ids: ids.clone(),
                        common,
                    });
                    let most = if ids.is_empty() && user.is_none() {
                        PAGE
                    } else {
                        WINDOWED
                    };
                    let name = format!("{which} page of styles, {filter:?}, tags {ids:?}");
                    cases.push(case(
                        name,
                        styles::list::statement(&filter, tags.as_ref(), page),
                        most,
                    ));
                }
            }
        }
    }
    cases.push(case(
        "tags",
        styles::tags::counted_sql(vec!["tag1".into(), "tag3".into()]),
        WINDOWED,
    ));
    cases
}

fn own_lists() -> Vec<Case> {
    use TransactionFilter::{All, Purchase, Refund, Usage, Welcome};
    let mut cases = Vec::new();
    for (which, page) in pages() {
        for filter in [All, Purchase, Welcome, Usage, Refund] {
            let name = format!("{which} page of transactions, {filter:?}");
            cases.push(case(name, transactions::statement(PERSON, filter, page), PAGE));
        }
        for statuses in [
            vec![],
            vec![S::Queued],
            vec![S::Completed],
            vec![S::Failed, S::Canceled],
        ] {
            // One person's open requests are sorted whole: they are as few as their tokens allow.
            let most = if statuses == [S::Queued] { 1000.0 } else { PAGE };
            let filter = OwnGenerationFilter {
                statuses,
                is_public: None,
            };
            let name = format!("{which} page of requests, {filter:?}");
            cases.push(case(
                name,
                generations::own::statement(PERSON, &filter, page),
                most,
            ));
        }
        cases.push(case(
            format!("{which} page of what is owed"),
            tokens::packages::owed_statement(page),
            PAGE,
        ));
        cases.push(case(
            format!("{which} page of own styles"),
            styles::own::statement(PERSON, page),
            PAGE,
        ));
    }
    cases
}

fn single_reads() -> Vec<Case> {
    let (id, person, style) = (GenerationId(7), PERSON.0, STYLE.0);
    let (taken, waiting) = (middle(), middle() - TimeDelta::days(1));
    let counted = 10_000.0;
    vec![
        case("quote", generations::read::quote_sql(STYLE), 1000.0),
        case("view", generations::read::view_sql(id, Some(PERSON)), 1000.0),
        case("brief", generations::read::brief_sql(id), PAGE),
        case(
            "silent requests",
            generations::read::silent_sql(taken, waiting, 20),
            counted,
        ),
        case(
            "silent trainings",
            styles::read::silent_sql(taken, waiting, 20),
            counted,
        ),
        case("style", styles::read::find_sql(STYLE), counted),
        case(
            "upload",
            Sql::new(styles::read::UPLOAD_CHECK, [person.into(), "x".into()]),
            counted,
        ),
        case("training", Sql::new(styles::read::TRAINING, [style.into()]), PAGE),
        case(
            "training images",
            Sql::new(styles::read::TRAINING_IMAGES, [style.into()]),
            PAGE,
        ),
        case("me", users::read::me_sql(PERSON), PAGE),
        case("profile", users::read::profile_sql(PERSON, Some(PERSON)), counted),
        case(
            "due orders",
            Sql::new(crate::tokens::orders::DUE, [middle().into(), 100i64.into()]),
            PAGE,
        ),
        case(
            "balance",
            Sql::new(tokens::read::BALANCE, [person.into()]),
            1000.0,
        ),
    ]
}
