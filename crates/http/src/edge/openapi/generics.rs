//! Replaces inlined schemas in generic types by references. utoipa inlines the schema of `Style` into
//! `Envelope_Listing_Style`. Here the inlined schemas become references and the generic types are renamed:
//! `StyleListResponse` refers to `StyleList`, which refers to `Style`.

use std::mem;

use utoipa::openapi::{
    Components, Content, Ref, RefOr, Schema,
    schema::{Array, ArrayItems},
};

const REFERENCE_PREFIX: &str = "#/components/schemas/";

/// Prefix of the generic type, its property of the type parameter, and the suffix of its new name.
const GENERICS: [(&str, &str, &str); 2] =
    [("Envelope_", "data", "Response"), ("Listing_", "results", "List")];

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
            let Some(inlined) = generic.properties.get_mut(property) else {
                continue;
            };
            let inlined = match inlined {
                RefOr::T(Schema::Array(Array {
                    items: ArrayItems::RefOrSchema(row),
                    ..
                })) => row,
                other => other,
            };
            let reference = RefOr::Ref(Ref::from_schema_name(plain_name(inner)));
            let schema = mem::replace(inlined, reference);
            components.schemas.entry(inner.to_owned()).or_insert(schema);
        }
    }
    components.schemas = mem::take(&mut components.schemas)
        .into_iter()
        .map(|(name, schema)| (plain_name(&name), schema))
        .collect();
}

/// Updates the reference of a body to the new name of its generic type.
pub fn rename_reference(body: &mut RefOr<Content>) {
    if let RefOr::T(body) = body
        && let Some(RefOr::Ref(reference)) = &mut body.schema
        && let Some(name) = reference.ref_location.strip_prefix(REFERENCE_PREFIX)
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
