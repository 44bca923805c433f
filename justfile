# Shortcuts; `just` alone lists them. Each is one command that also works without just.

# List the recipes.
default:
    @just --list

# Run the platform with local services; e.g. `just dev --fresh`.
dev *arguments:
    cargo xtask dev {{arguments}}

# Run the tests against private servers; e.g. `just test -p stylelicense-domain`.
test *arguments:
    cargo xtask test {{arguments}}

# Run the lints as strictly as .ci/run.
lint:
    cargo clippy --workspace --all-targets --all-features -- -D warnings

# Format the code.
fmt:
    cargo fmt --all

# Migrate the database in DATABASE_URL: up, down or status.
migrate direction="up":
    cargo run --package stylelicense -- migrate {{direction}}

# Update docs/openapi.json from the server and lint it.
openapi:
    cargo xtask openapi --write

# Check that dependencies between the crates point inward.
layering:
    cargo xtask layering

# Check licenses, banned crates and sources of dependencies; needs cargo-deny.
deny:
    cargo deny check licenses bans sources

# Measure line coverage, report in target/coverage; e.g. `just coverage -p stylelicense-domain`.
coverage *arguments:
    .ci/coverage {{arguments}}

# Run everything a change must pass.
check:
    .ci/run
