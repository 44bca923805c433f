//! References to what generic types hold. utoipa copies the schema of `Style` into `Envelope_Listing_Style`; here the
//! copies become references, and the generic types get plain names: `StyleListResponse` holds a `StyleList` of `Style`.

use std::mem;

use utoipa::openapi::{
    Components, Content, Ref, RefOr, Schema,
    schema::{Array, ArrayItems},
};

const REFERENCE: &str = "#/components/schemas/";

/// Generic type, its property of the generic parameter's type, and what its name ends in.
const GENERICS: [(&str, &str, &str); 2] =
    [("Envelope_", "data", "Response"), ("Listing_", "results", "List")];

/// Replaces the copies and renames the generic types.
pub fn use_references(components: &mut Components) {
    for (prefix, property, _) in GENERICS {
        let names: Vec<String> = components
            .schemas
            .keys()
            .filter(|name| name.starts_with(prefix))
            .cloned()
            .collect();
        for name in names {
            let inner = name.trim_start_matches(prefix);
            let Some(RefOr::T(Schema::Object(generic))) = components.schemas.get_mut(&name) else {
                continue;
            };
            let Some(copy) = generic.properties.get_mut(property) else {
                continue;
            };
            let copy = match copy {
                RefOr::T(Schema::Array(Array {
                    items: ArrayItems::RefOrSchema(row),
                    ..
                })) => row,
                other => other,
            };
            let reference = RefOr::Ref(Ref::from_schema_name(plain_name(inner)));
            let copied = mem::replace(copy, reference);
            components.schemas.entry(inner.to_owned()).or_insert(copied);
        }
    }
    components.schemas = mem::take(&mut components.schemas)
        .into_iter()
        .map(|(name, schema)| (plain_name(&name), schema))
        .collect();
}

/// Follows the new name of an operation's generic body.
pub fn rename(body: &mut RefOr<Content>) {
    if let RefOr::T(body) = body
        && let Some(RefOr::Ref(reference)) = &mut body.schema
        && let Some(name) = reference.ref_location.strip_prefix(REFERENCE)
    {
        *reference = Ref::from_schema_name(plain_name(name));
    }
}

/// `Envelope_Listing_Style` → `StyleListResponse`.
fn plain_name(name: &str) -> String {
    for (prefix, _, suffix) in GENERICS {
        if let Some(inner) = name.strip_prefix(prefix) {
            return plain_name(inner) + suffix;
        }
    }
    name.to_owned()
}
