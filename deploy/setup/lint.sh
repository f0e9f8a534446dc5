#!/usr/bin/env bash
# Every check that reads the code without running its tests. All of them run; any finding fails the whole.
set -uo pipefail

failed=()

check() {
    echo "--- $*"
    "$@" || failed+=("$*")
}

# The settings of a server on the internet, apart from the database: what `check --deploy` must accept.
as_production() {
    local secret
    secret=$(python -c 'import secrets; print(secrets.token_urlsafe(64))')
    RASOAT_DEBUG=false RASOAT_DEMO=false RASOAT_SECRET_KEY=$secret RASOAT_HOSTS=rasoat.example "$@"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export RASOAT_VAR=$scratch

check ruff format --check .
check ruff check .
check mypy
check lint-imports --no-logo
check djlint --check --quiet templates
check djlint --lint --quiet templates
check python manage.py makemigrations --check --dry-run
check as_production python manage.py check --deploy --fail-level WARNING

if ((${#failed[@]})); then
    printf 'lint: failed: %s\n' "${failed[@]}"
    exit 1
fi
echo "lint: clean"
