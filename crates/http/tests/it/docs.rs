//! The OpenAPI document and Swagger UI.

use actix_web::test::TestRequest;
use serde_json::json;

use crate::support::Api;

#[actix_web::test]
async fn the_document_lists_the_routes() {
    let document = Api::new().get("/api/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(document["paths"]["/api/styles/{id}"]["get"].is_object());
    assert!(document["components"]["schemas"]["ErrorBody"].is_object());
    assert!(document["components"]["securitySchemes"]["session"].is_object());
}

#[actix_web::test]
async fn swagger_ui_loads_no_external_files() {
    let api = Api::new();
    let redirect = api.get("/docs").await;
    assert_eq!(
        (redirect.status.as_u16(), redirect.header("location")),
        (308, "/docs/")
    );
    let page = api.get("/docs/").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("swagger-ui-bundle.js"));
    assert!(!page.text().contains("http://") && !page.text().contains("https://"));
    let initializer = api.get("/docs/swagger-initializer.js").await;
    assert!(initializer.text().contains("/api/openapi.json"));
    assert!(!initializer.text().contains("petstore") && !initializer.text().contains("https://"));
    for file in [
        "swagger-ui-bundle.js",
        "swagger-ui-standalone-preset.js",
        "swagger-ui.css",
        "index.css",
    ] {
        assert_eq!(api.get(&format!("/docs/{file}")).await.status, 200, "{file}");
    }
    api.get("/docs/nothing.js").await.assert_error(404, "NOT_FOUND");
    for path in ["/docs", "/docs/", "/api/openapi.json"] {
        let response = api.send(TestRequest::post().uri(path)).await;
        response.assert_error(405, "METHOD_NOT_ALLOWED");
        assert_eq!(response.header("allow"), "GET, HEAD");
    }
}

#[actix_web::test]
async fn the_content_security_policy_of_swagger_ui_is_strict() {
    let api = Api::new();
    let page = api.get("/docs/").await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe") && !policy.contains('*'));
    // The page must not need what the policy forbids: inline scripts and inline styles.
    let text = page.text();
    assert!(!text.contains("<style") && !text.contains("style=\""));
    assert!(!text.contains("<script>") && !text.contains("onload="));
}

/// Schemas and parsers have the same source, so samples are sufficient. A schema that cannot be converted would be empty.
#[test]
fn request_schemas_match_the_parsers() {
    let document = serde_json::to_value(stylelicense_http::document()).unwrap();
    let schemas = &document["components"]["schemas"];
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            let content = operation["requestBody"]["content"].as_object();
            for body in content.into_iter().flat_map(|content| content.values()) {
                let name = body["schema"]["$ref"]
                    .as_str()
                    .unwrap()
                    .rsplit('/')
                    .next()
                    .unwrap();
                assert!(schemas[name]["properties"].is_object(), "{name}");
            }
        }
    }
    let body = &schemas["CreateGeneration"];
    assert_eq!(
        body["required"],
        json!(["style_id", "prompt_tags", "aspect_ratio"])
    );
    let properties = &body["properties"];
    assert_eq!(properties["aspect_ratio"]["enum"], json!(["1:1", "2:2", "1:2"]));
    assert_eq!(properties["description"]["type"], json!(["string", "null"]));
    assert_eq!(properties["description"]["maxLength"], 1000);
    assert_eq!(properties["prompt_tags"]["maxItems"], 30);
    assert_eq!(properties["seed"]["maximum"], i32::MAX);
    assert_eq!(
        schemas["UpdateStyle"]["properties"]["is_active"]["type"],
        "boolean"
    );
    assert_eq!(schemas["TrainingProgressReport"]["required"], json!(["style_id"]));
    let parameters = document["paths"]["/api/styles"]["get"]["parameters"]
        .as_array()
        .unwrap();
    let schema = |name: &str| &parameters.iter().find(|p| p["name"] == name).unwrap()["schema"];
    assert_eq!(
        schema("sort"),
        &json!({ "type": "string", "enum": ["recent", "popular"], "default": "recent" })
    );
    assert_eq!(schema("limit")["maximum"], 100);
}
