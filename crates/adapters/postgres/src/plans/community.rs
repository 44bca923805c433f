//! Likes, comments, notifications and follows.

use domain::{CommentId, GenerationId};
use sea_orm::Value;

use crate::{
    notifications,
    plans::{Case, PAGE, USER, case, middle, pages},
    social,
    sql::Sql,
    users,
};

/// The image with most comments, and the comment with most replies.
const IMAGE: GenerationId = GenerationId(7);
const PARENT: CommentId = CommentId(1);

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (which, page) in pages() {
        for parent in [None, Some(PARENT)] {
            let name = format!("{which} page of comments, parent {parent:?}");
            // Twenty comments with twenty replies each.
            cases.push(case(
                name,
                social::read::page_statement(IMAGE, parent, page),
                1000.0,
            ));
        }
        for unread_only in [false, true] {
            let name = format!("{which} page of notifications, unread only: {unread_only}");
            let sql = notifications::read::statement(USER, unread_only, page);
            cases.push(case(name, sql, PAGE));
        }
        cases.push(case(
            format!("{which} page of followed artists"),
            users::following::statement(USER, page),
            PAGE,
        ));
    }
    cases.extend([
        case("unread", notifications::read::unread_sql(USER), 10_000.0),
        case("comment", social::read::comment_sql(PARENT), PAGE),
        case(
            "visibility of an image",
            Sql::new(social::read::CAN_VIEW_IMAGE, [IMAGE.0.into(), USER.0.into()]),
            PAGE,
        ),
    ]);
    cases.extend(writes());
    cases
}

/// Their changes are rolled back.
fn writes() -> Vec<Case> {
    let values_of = |name: &str, values: usize| -> Vec<Value> {
        let of_comment = name.ends_with("comment") && !name.starts_with("add");
        let target: i64 = if of_comment || name.starts_with("lock") {
            PARENT.0
        } else {
            IMAGE.0
        };
        let all: [Value; 6] = match name {
            "like" => [
                target.into(),
                USER.0.into(),
                middle().into(),
                0.into(),
                0.into(),
                0.into(),
            ],
            _ => [
                target.into(),
                USER.0.into(),
                PARENT.0.into(),
                "text".into(),
                "text".into(),
                middle().into(),
            ],
        };
        all.into_iter().take(values).collect()
    };
    social::statements()
        .into_iter()
        .map(|(name, text, values)| case(name, Sql::new(text, values_of(name, values)), PAGE))
        .collect()
}
