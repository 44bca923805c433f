# Installs Debian packages for local use, as root: sh -s -- <package>…
# Services of theirs are neither started nor created: our commands run private ones of their own.
set -eu
export DEBIAN_FRONTEND=noninteractive

# Asked by every package before it starts a service; 101 forbids it. Removed again, unless it was there before.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM HUP
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
fi

# Without this the PostgreSQL package makes and starts a cluster on port 5432.
settings=/etc/postgresql-common/createcluster.conf
if [ ! -e "$settings" ] && ! dpkg -s postgresql-common > /dev/null 2>&1; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' > "$settings"
fi

apt-get update -q < /dev/null
apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confold "$@" < /dev/null
