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
    plans::{Case, PAGE, STYLE, USER, WINDOWED, case, middle, pages},
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
            for user in [None, Some(USER)] {
                for ids in [vec![], vec![1], vec![2, 1], vec![3, 2, 1]] {
                    for style in [None, Some(STYLE)] {
                        let filter = FeedFilter {
                            sort,
                            tags: vec![],
                            user,
                            style,
                        };
                        let sorted = user.is_some() && (sort == Sort::Popular || style.is_some());
                        let max_rows = if ids.is_empty() && !sorted { PAGE } else { WINDOWED };
                        let name = format!("{which} page of the feed, {filter:?}, tags {ids:?}");
                        cases.push(case(
                            name,
                            feed::statement(&filter, ids.clone(), user, page),
                            max_rows,
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
                    let max_rows = if ids.is_empty() && user.is_none() {
                        PAGE
                    } else {
                        WINDOWED
                    };
                    let name = format!("{which} page of styles, {filter:?}, tags {ids:?}");
                    cases.push(case(
                        name,
                        styles::list::statement(&filter, tags.as_ref(), page),
                        max_rows,
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
            cases.push(case(name, transactions::statement(USER, filter, page), PAGE));
        }
        for statuses in [
            vec![],
            vec![S::Queued],
            vec![S::Completed],
            vec![S::Failed, S::Canceled],
        ] {
            // All open generations of a user are sorted; their tokens limit how many there are.
            let max_rows = if statuses == [S::Queued] { 1000.0 } else { PAGE };
            let filter = OwnGenerationFilter {
                statuses,
                is_public: None,
            };
            let name = format!("{which} page of own generations, {filter:?}");
            cases.push(case(
                name,
                generations::own::statement(USER, &filter, page),
                max_rows,
            ));
        }
        cases.push(case(
            format!("{which} page of owed tokens"),
            tokens::packages::owed_statement(page),
            PAGE,
        ));
        cases.push(case(
            format!("{which} page of own styles"),
            styles::own::statement(USER, page),
            PAGE,
        ));
    }
    cases
}

fn single_reads() -> Vec<Case> {
    let (id, user, style) = (GenerationId(7), USER.0, STYLE.0);
    let (taken, waiting) = (middle(), middle() - TimeDelta::days(1));
    let count_limit = 10_000.0;
    vec![
        case("quote", generations::read::quote_sql(STYLE), 1000.0),
        case("view", generations::read::view_sql(id, Some(USER)), 1000.0),
        case("brief", generations::read::brief_sql(id), PAGE),
        case(
            "silent generations",
            generations::read::silent_sql(taken, waiting, 20),
            count_limit,
        ),
        case(
            "silent trainings",
            styles::read::silent_sql(taken, waiting, 20),
            count_limit,
        ),
        case("style", styles::read::find_sql(STYLE), count_limit),
        case(
            "upload",
            Sql::new(styles::read::UPLOAD_CHECK, [user.into(), "x".into()]),
            count_limit,
        ),
        case("training", Sql::new(styles::read::TRAINING, [style.into()]), PAGE),
        case(
            "training images",
            Sql::new(styles::read::TRAINING_IMAGES, [style.into()]),
            PAGE,
        ),
        case("me", users::read::me_sql(USER), PAGE),
        case("profile", users::read::profile_sql(USER, Some(USER)), count_limit),
        case(
            "due orders",
            Sql::new(crate::tokens::orders::DUE, [middle().into(), 100i64.into()]),
            PAGE,
        ),
        case("balance", Sql::new(tokens::read::BALANCE, [user.into()]), 1000.0),
    ]
}
