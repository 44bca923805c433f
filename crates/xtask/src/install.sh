# Installs Debian packages, as root: sh -s -- <package>…
# Their services are not started: the commands of xtask run private ones.
set -eu
export DEBIAN_FRONTEND=noninteractive

# Packages run this before they start a service; 101 forbids it. It is removed again, unless it existed before.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM HUP
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
fi

# Without this, the PostgreSQL package creates and starts a cluster on port 5432.
settings=/etc/postgresql-common/createcluster.conf
if [ ! -e "$settings" ] && ! dpkg -s postgresql-common > /dev/null 2>&1; then
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' > "$settings"
fi

apt-get update -q < /dev/null
apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confold "$@" < /dev/null
