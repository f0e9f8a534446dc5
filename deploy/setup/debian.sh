#!/bin/sh
# Install the Debian packages that one job needs, or print the exact command where that is not ours to do.
# usage: debian.sh venv|browser|gettext|postgres|papers     (PYTHON names the interpreter that `venv` is asked for)
set -eu

python=${PYTHON:-python3}

# Test if the job can be done with what is here, whoever installed it.
present() {
    case $1 in
        venv) "$python" -c 'import ensurepip, venv' 2>/dev/null ;;
        browser)
            command -v chromium >/dev/null && fc-list 2>/dev/null | grep -q Tinos &&
                ls /usr/lib/*/libatomic.so.1 >/dev/null 2>&1
            ;;
        gettext) command -v xgettext >/dev/null && command -v msgmerge >/dev/null ;;
        # WeasyPrint draws with Pango; openssl is the second tool that checks time-stamps.
        papers) ldconfig -p 2>/dev/null | grep -q libpangoft2-1.0.so.0 && command -v openssl >/dev/null ;;
        postgres) ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null ;;
        *) echo "debian.sh: unknown job '$1'" >&2; exit 2 ;;
    esac
}

packages() {
    case $1 in
        venv) "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])' ;;
        browser) echo chromium fontconfig fonts-croscore libatomic1 ;;
        gettext) echo gettext ;;
        papers) echo libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-croscore openssl ;;
        postgres) echo postgresql ;;
    esac
}

# Print the words to put before apt-get; fail where nobody here may install.
privilege() {
    command -v apt-get >/dev/null || return 1
    [ "$(id -u)" -eq 0 ] && return 0
    sudo -n true 2>/dev/null && echo "sudo -n"
}

job=$1
present "$job" && exit 0
wanted=$(packages "$job")
if ! as=$(privilege); then
    echo "Missing Debian packages; run: sudo apt-get update && sudo apt-get install -y --no-install-recommends $wanted" >&2
    exit 1
fi
echo "Installing Debian packages: $wanted"
# Package names and the privilege are meant to be split into words.
# shellcheck disable=SC2086
{
    $as apt-get update -qq
    $as env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null
}
present "$job"
