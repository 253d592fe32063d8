/**
 * A shell script for the first process of a mount namespace of its own: it builds a root directory in memory, with the
 * system's directories and the named paths, all of them to be read only, moves into it, lets go of the old one and of every
 * right to change that, and runs a program.
 *
 * Its arguments: an empty directory to build on, the working directory, paths to show, `--`, program and arguments. What is
 * copied of /etc is what loaders and libraries of C look for; of devices there are those that anybody may have.
 */
export const PRIVATE_ROOT = `
set -e
root=$1; cwd=$2; shift 2
path=$PATH; PATH=$PATH:/usr/sbin:/sbin
mount -t tmpfs -o mode=755,size=256m,nosuid,nodev none "$root"
for dir in /usr /bin /sbin /lib /lib32 /lib64 /opt; do
  if [ -L "$dir" ]; then ln -s "$(readlink "$dir")" "$root$dir"
  elif [ -d "$dir" ]; then mkdir "$root$dir"; mount -o bind,ro,nosuid,nodev "$dir" "$root$dir"; fi
done
mkdir "$root/proc" "$root/dev" "$root/etc" "$root/tmp" "$root/old"
chmod 1777 "$root/tmp"
mount -t proc -o ro,nosuid,nodev,noexec proc "$root/proc"
for node in null zero random urandom; do
  : > "$root/dev/$node"
  mount -o bind "/dev/$node" "$root/dev/$node"
done
cp -RP /etc/alternatives "$root/etc" 2>/dev/null || :
cp -L /etc/ld.so.cache /etc/passwd /etc/group /etc/localtime /etc/nsswitch.conf "$root/etc" 2>/dev/null || :
while [ "$1" != -- ]; do
  mkdir -p "$root\${1%/*}"
  if [ -d "$1" ]; then mkdir -p "$root$1"; else : > "$root$1"; fi
  mount -o bind,ro,nosuid,nodev "$1" "$root$1"
  shift
done
shift
mkdir -p "$root$cwd"
cd "$root"
pivot_root . old
umount -l /old
rmdir /old
cd "$cwd"
PATH=$path
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all sh -c '"$@"; exit $?' sh "$@"
`

/** What every program sees. */
export const SYSTEM_DIRECTORIES: readonly string[] = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/opt']
