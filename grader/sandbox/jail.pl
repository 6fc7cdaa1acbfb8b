# The inside of the "util-linux" isolation backend: one process that builds the jail's root and gives up
# every right before the program starts. unshare(1) has made the namespaces; this is process 1 in them, with
# the capabilities of its own user namespace only. Needs nothing but perl itself (package perl-base).
#
#   perl jail.pl SETTING=VALUE... mount SOURCE TARGET mount SOURCE TARGET... run PROGRAM ARGUMENT...
use strict;
use warnings;

my %SYSCALLS = (    # from the kernel's asm/unistd.h
    x64 => {
        mount => 165, umount2 => 166, pivot_root => 155, prctl => 157, capset => 126,
        prlimit64 => 302, sethostname => 170, mount_setattr => 442,
    },
    arm64 => {
        mount => 40, umount2 => 39, pivot_root => 41, prctl => 167, capset => 91,
        prlimit64 => 261, sethostname => 161, mount_setattr => 442,
    },
);
my %RLIMITS = (data => 2, core => 4, nproc => 6, nofile => 7, fsize => 1);

my ($NOSUID, $NODEV, $NOEXEC, $BIND, $REC) = (2, 4, 8, 0x1000, 0x4000);    # MS_*
my ($ATTR_RDONLY, $ATTR_NOSUID, $ATTR_NODEV) = (1, 2, 4);                  # MOUNT_ATTR_*
my ($AT_FDCWD, $AT_RECURSIVE, $MNT_DETACH) = (-100, 0x8000, 2);
my ($PR_SET_PDEATHSIG, $PR_SET_SECCOMP, $PR_CAPBSET_DROP) = (1, 22, 24);
my ($PR_SET_NO_NEW_PRIVS, $PR_CAP_AMBIENT, $PR_CAP_AMBIENT_CLEAR_ALL) = (38, 47, 4);
my ($SECCOMP_MODE_FILTER, $LAST_CAPABILITY, $SIGKILL) = (2, 40, 9);

my (%set, @mounts);
while (@ARGV && $ARGV[0] =~ /^(\w+)=(.*)$/s) { $set{$1} = $2; shift @ARGV }
while (@ARGV && $ARGV[0] eq 'mount') { push @mounts, [@ARGV[1, 2]]; splice @ARGV, 0, 3 }
die "jail.pl: no program\n" unless @ARGV > 1 && shift(@ARGV) eq 'run';
my $numbers = $SYSCALLS{$set{arch}} or die "jail.pl: unknown architecture $set{arch}\n";

sub try_call {
    my ($name, @arguments) = @_;
    # syscall() passes strings by address and numbers by value, and must own the strings.
    return syscall($numbers->{$name}, @arguments) != -1;
}

sub call {
    my ($what, @call) = @_;
    try_call(@call) or die "jail.pl: $call[0] $what: $!\n";
}

sub make_folder {
    my ($path) = @_;
    my $made = '';
    for my $part (grep { $_ ne '' } split m{/}, $path) { $made .= "/$part"; mkdir $made, 0755 }
}

sub mount_type {
    my ($type, $target, $flags, $options) = @_;
    make_folder($target);
    call($target, 'mount', "$type", "$target", "$type", $flags, "$options");
}

sub mount_bind {
    my ($source, $target, $attributes) = @_;
    if (-d $source) { make_folder($target) }
    elsif (!-e $target) {
        make_folder($target =~ s{/[^/]*$}{}r);
        open my $file, '>>', $target or die "jail.pl: $target: $!\n";
    }
    call("$source on $target", 'mount', "$source", "$target", 0, $BIND | $REC, 0);
    set_attributes($target, $attributes);
}

sub set_attributes {
    my ($path, $attributes) = @_;
    my $change = pack 'QQQQ', $attributes, 0, 0, 0;
    call($path, 'mount_setattr', $AT_FDCWD, "$path", $AT_RECURSIVE, $change, length $change);
}

# The base holds the host's root and the jail's side by side, so that a mount's source may lie anywhere, also
# below /tmp. In the end the jail's root is all that is left.
sub build_root {
    mount_type('tmpfs', '/tmp', $NOSUID | $NODEV, 'size=64k,mode=755');
    mkdir "/tmp/$_", 0755 for 'host', 'jail';
    mount_type('tmpfs', '/tmp/jail', $NOSUID | $NODEV, 'size=1m,nr_inodes=4096,mode=755');
    call('base', 'pivot_root', '/tmp', '/tmp/host');
    chdir '/' or die "jail.pl: /: $!\n";

    mount_type('proc', '/jail/proc', $NOSUID | $NODEV | $NOEXEC, '');
    my $tmpfs = $NOSUID | $NODEV;
    mount_bind("/host$_", "/jail$_", $ATTR_RDONLY | $ATTR_NOSUID) for split /,/, $set{devices};
    mount_type('tmpfs', '/jail/dev/shm', $tmpfs, "size=$set{shm},nr_inodes=4096,mode=1777");
    mount_type('tmpfs', '/jail/tmp', $tmpfs, "size=$set{tmp},nr_inodes=16384,mode=1777");
    mount_bind("/host$_->[0]", "/jail$_->[1]", $ATTR_RDONLY | $ATTR_NOSUID | $ATTR_NODEV) for @mounts;
    make_folder("/jail$set{cwd}");
    call('/', 'mount_setattr', $AT_FDCWD, '/jail', 0, pack('QQQQ', $ATTR_RDONLY, 0, 0, 0), 32);

    chdir '/jail' or die "jail.pl: /jail: $!\n";
    call('jail', 'pivot_root', '.', '.');
    call('host', 'umount2', '.', $MNT_DETACH);
    chdir $set{cwd} or die "jail.pl: $set{cwd}: $!\n";
}

# Both processes of the jail end up with the same rights: none.
sub give_up_rights {
    call('death signal', 'prctl', $PR_SET_PDEATHSIG, $SIGKILL, 0, 0, 0);
    try_call('prctl', $PR_CAPBSET_DROP, $_, 0, 0, 0) for 0 .. $LAST_CAPABILITY;
    call('ambient', 'prctl', $PR_CAP_AMBIENT, $PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    call('all', 'capset', pack('LL', 0x20080522, 0), pack('L6', (0) x 6));
    call('no new privileges', 'prctl', $PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return unless $set{filter};
    my $filter = pack 'H*', $set{filter};
    my $program = pack 'Sx6P', length($filter) / 8, $filter;
    call('filter', 'prctl', $PR_SET_SECCOMP, $SECCOMP_MODE_FILTER, $program, 0, 0);
}

# This user namespace gets no child; only seccomp refuses it where /proc/sys is read-only.
if (open my $limit, '>', '/proc/sys/user/max_user_namespaces') { print $limit '0'; close $limit }
call('jail', 'sethostname', 'jail', 4);
build_root();
for my $name (sort keys %RLIMITS) {
    my $limit = pack 'QQ', $set{$name}, $set{$name};
    call($name, 'prlimit64', 0, $RLIMITS{$name}, $limit, 0);
}

# Process 1 only waits and reaps, so that signals mean in the program what they mean everywhere.
defined(my $program = fork) or die "jail.pl: fork: $!\n";
if ($program == 0) {
    give_up_rights();
    exec { $ARGV[0] } @ARGV or die "jail.pl: $ARGV[0]: $!\n";
}
open STDIN, '<', '/dev/null';
syscall($set{arch} eq 'x64' ? 3 : 57, $_) for 1 .. 3;    # close: the program alone holds its pipes
give_up_rights();
while ((my $ended = waitpid -1, 0) > 0) {
    next if $ended != $program;
    exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
}
