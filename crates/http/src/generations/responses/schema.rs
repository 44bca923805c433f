//! The OpenAPI schema of a generation: one of its states, with `status` as the discriminator. Written by hand, because a
//! derived schema has no discriminator mapping, and its common fields would be an `allOf` with a nested `oneOf`, which
//! client generators do not support.

use domain::generations::GenerationStatus as Status;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Discriminator, Object, ObjectBuilder, OneOfBuilder, Ref, RefOr, Schema, schema::Type},
};

use super::view::{
    CompletedGeneration, Generation, GenerationCommon, QueuedGeneration, RunningGeneration,
    UnsuccessfulGeneration,
};

type Schemas = Vec<(String, RefOr<Schema>)>;

/// Component name, values of `status`, schema of the component, and the function that collects the referenced schemas.
type Alternative = (String, &'static [Status], fn() -> RefOr<Schema>, fn(&mut Schemas));

fn alternatives() -> [Alternative; 4] {
    fn alternative<T: ToSchema>(statuses: &'static [Status]) -> Alternative {
        (T::name().into_owned(), statuses, T::schema, T::schemas)
    }
    [
        alternative::<QueuedGeneration>(&[Status::Queued]),
        alternative::<RunningGeneration>(&[Status::Processing, Status::Retrying]),
        alternative::<CompletedGeneration>(&[Status::Completed]),
        alternative::<UnsuccessfulGeneration>(&[Status::Failed, Status::Canceled]),
    ]
}

fn object(schema: RefOr<Schema>) -> Object {
    match schema {
        RefOr::T(Schema::Object(object)) => object,
        _ => Object::new(),
    }
}

impl PartialSchema for Generation {
    fn schema() -> RefOr<Schema> {
        let mut one_of =
            OneOfBuilder::new().description(Some("A generation. The fields depend on `status`."));
        let mut discriminator = Discriminator::new("status");
        for (name, statuses, ..) in alternatives() {
            let reference = Ref::from_schema_name(&name);
            for status in statuses {
                let location = reference.ref_location.clone();
                discriminator.mapping.insert(status.as_str().to_owned(), location);
            }
            one_of = one_of.item(reference);
        }
        one_of.discriminator(Some(discriminator)).into()
    }
}

impl ToSchema for Generation {
    fn schemas(schemas: &mut Schemas) {
        GenerationCommon::schemas(schemas);
        for (name, statuses, schema, referenced) in alternatives() {
            let mut merged = object(GenerationCommon::schema());
            let state = object(schema());
            let values = statuses.iter().map(|status| status.as_str());
            let status = ObjectBuilder::new()
                .schema_type(Type::String)
                .enum_values(Some(values));
            merged.properties.extend(state.properties);
            merged.properties.insert("status".to_owned(), status.into());
            merged.required.extend(state.required);
            merged.description = state.description;
            schemas.push((name, merged.into()));
            referenced(schemas);
        }
    }
}
