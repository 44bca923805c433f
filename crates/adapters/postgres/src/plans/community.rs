//! Likes, comments, notifications and follows.

use domain::{CommentId, GenerationId};
use sea_orm::Value;

use crate::{
    notifications,
    plans::{Case, PAGE, PERSON, case, middle, pages},
    social,
    sql::Sql,
    users,
};

/// The image that has most comments, and the comment that has most replies.
const IMAGE: GenerationId = GenerationId(7);
const ANSWERED: CommentId = CommentId(1);

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (which, page) in pages() {
        for parent in [None, Some(ANSWERED)] {
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
            let sql = notifications::read::statement(PERSON, unread_only, page);
            cases.push(case(name, sql, PAGE));
        }
        cases.push(case(
            format!("{which} page of artists followed"),
            users::following::statement(PERSON, page),
            PAGE,
        ));
    }
    cases.extend([
        case("unread", notifications::read::unread_sql(PERSON), 10_000.0),
        case("comment", social::read::comment_sql(ANSWERED), PAGE),
        case(
            "who sees an image",
            Sql::new(social::read::SEES_IMAGE, [IMAGE.0.into(), PERSON.0.into()]),
            PAGE,
        ),
    ]);
    cases.extend(writes());
    cases
}

/// What they change is taken back.
fn writes() -> Vec<Case> {
    let of = |name: &str, values: usize| -> Vec<Value> {
        let on: i64 = if name.ends_with("comment") && !name.starts_with("add") || name.starts_with("lock") {
            ANSWERED.0
        } else {
            IMAGE.0
        };
        let all: [Value; 6] = match name {
            "like" => [
                on.into(),
                PERSON.0.into(),
                middle().into(),
                0.into(),
                0.into(),
                0.into(),
            ],
            _ => [
                on.into(),
                PERSON.0.into(),
                ANSWERED.0.into(),
                "text".into(),
                "text".into(),
                middle().into(),
            ],
        };
        all.into_iter().take(values).collect()
    };
    social::statements()
        .into_iter()
        .map(|(name, text, values)| case(name, Sql::new(text, of(name, values)), PAGE))
        .collect()
}
