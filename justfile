# Daily recipes; `just` alone lists them. Each is one command that works without just as well.

# List the recipes.
default:
    @just --list

# Run the server with everything local; e.g. `just dev --fresh`.
dev *arguments:
    cargo xtask dev {{arguments}}

# Run the tests against private servers; e.g. `just test -p stylelicense-domain`.
test *arguments:
    cargo xtask test {{arguments}}

# Lint everything as strictly as the checks do.
lint:
    cargo clippy --workspace --all-targets --all-features -- -D warnings

# Format the code.
fmt:
    cargo fmt --all

# Change the schema of the database in DATABASE_URL: up, down or status.
migrate direction="up":
    cargo run --package stylelicense -- migrate {{direction}}

# Update docs/openapi.json from the server and lint it.
openapi:
    cargo xtask openapi --write

# Check that the crates depend on each other inwards only.
layering:
    cargo xtask layering

# Everything a change must pass.
check:
    .ci/run
