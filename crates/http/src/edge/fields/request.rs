//! The `request!` macro, and the OpenAPI schemas of the requests that it declares.

use serde_json::{Map, Value, json};
use utoipa::openapi::{
    RefOr, Required, Schema,
    path::{Parameter, ParameterBuilder, ParameterIn},
};

use super::{Fields, Property};

/// A body or a query string, declared with [`request!`](crate::request).
pub trait Request: Sized {
    /// Reads the fields. `None` if an error was recorded. Unknown fields are ignored.
    fn read(fields: &mut Fields) -> Option<Self>;

    fn properties() -> Vec<Property>;
}

/// Declares a request. The doc comment and the example of a field appear in the OpenAPI document. `as` sets the name of
/// the field in the request if it differs.
///
/// ```
/// use domain::styles::{StyleName, TagName};
/// use stylelicense_http::{edge::fields::{List, NonNull}, request};
///
/// request! {
///     /// A change to a style.
///     pub struct RenameStyle {
///         /// The new name.
///         name: StyleName = "Blue Harbour",
///         /// Its tags.
///         tags: Option<List<TagName, 0, 30>> = ["sea"],
///         /// Whether it is offered.
///         offered as "is_active": NonNull<bool>,
///     }
/// }
/// ```
#[macro_export]
macro_rules! request {
    ($(#[doc = $about:literal])* $vis:vis struct $name:ident {
        $($(#[doc = $doc:literal])* $field:ident $(as $wire:literal)?: $type:ty $(= $example:expr)?),* $(,)?
    }) => {
        $(#[doc = $about])*
        #[derive(Debug)]
        $vis struct $name {
            $($(#[doc = $doc])* $vis $field: $type,)*
        }

        impl $crate::edge::fields::Request for $name {
            fn read(fields: &mut $crate::edge::fields::Fields) -> Option<Self> {
                $(let $field = <$type as $crate::edge::fields::Field>::read(
                    fields,
                    $crate::request!(@ $field $($wire)?),
                );)*
                Some(Self { $($field: $field?,)* })
            }

            fn properties() -> Vec<$crate::edge::fields::Property> {
                let properties: Vec<Vec<_>> = vec![$(<$type as $crate::edge::fields::Field>::describe(
                    $crate::request!(@ $field $($wire)?),
                    concat!("", $($doc, "\n"),*),
                    None$(.or(Some(serde_json::json!($example))))?,
                )),*];
                properties.concat()
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                $crate::edge::fields::schema::<Self>(concat!("", $($about, "\n"),*))
            }
        }

        impl utoipa::ToSchema for $name {}

        impl utoipa::IntoParams for $name {
            fn into_params(
                _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
            ) -> Vec<utoipa::openapi::path::Parameter> {
                $crate::edge::fields::parameters::<Self>()
            }
        }
    };
    (@ $field:ident) => { stringify!($field) };
    (@ $field:ident $wire:literal) => { $wire };
}

/// The schema of a body.
pub fn schema<T: Request>(about: &str) -> RefOr<Schema> {
    let properties = T::properties();
    let required: Vec<&str> = properties.iter().filter(|p| p.required).map(|p| p.name).collect();
    let members: Map<String, Value> = properties
        .iter()
        .map(|property| (property.name.to_owned(), property.schema.clone()))
        .collect();
    to_schema(json!({
        "type": "object", "description": plain(about), "required": required, "properties": members,
    }))
}

/// The parameters of a query string.
pub fn parameters<T: Request>() -> Vec<Parameter> {
    let parameters = T::properties().into_iter().map(|mut property| {
        // A query string has no null.
        if let Some([known, ..]) = property.schema["type"].as_array().map(Vec::as_slice) {
            property.schema["type"] = known.clone();
        }
        let mut take = |key: &str| property.schema.as_object_mut()?.remove(key);
        let description = take("description").and_then(|text| text.as_str().map(str::to_owned));
        let example = take("example");
        ParameterBuilder::new()
            .name(property.name)
            .parameter_in(ParameterIn::Query)
            .required(if property.required {
                Required::True
            } else {
                Required::False
            })
            .description(description)
            .example(example)
            .schema(Some(to_schema(property.schema)))
            .build()
    });
    parameters.collect()
}

/// Joins the lines of a doc comment.
pub(super) fn plain(about: &str) -> String {
    about.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Converts a schema to the type of utoipa. Does not fail for the schemas of this crate: a test converts them all.
fn to_schema(schema: Value) -> RefOr<Schema> {
    serde_json::from_value(schema).unwrap_or_else(|_| Schema::default().into())
}
