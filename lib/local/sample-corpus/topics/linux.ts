import type { TopicBank } from '../phrase-bank.ts';

/** Kernels, shells, file systems and services. */
export const linux: TopicBank = {
  en: {
    help: [
      {
        slots: {
          service: ['nginx', 'postgres', 'the backup service', 'my bot', 'mpd'],
          distro: ['Debian', 'Fedora', 'Arch', 'Ubuntu'],
        },
        ask: [
          '[anyone know|does anybody know] why systemd [keeps restarting|refuses to start] {service} on {distro}?',
          '{service} dies right after boot on my {distro} box, systemctl just says failed',
          'my {distro} server starts {service} before the disk is mounted, how do I [order|delay] the systemd unit?',
        ],
        more: [
          'if I start it by hand from a shell it works [fine|every time]',
          'the log only says "start request repeated too quickly"',
          'it [worked|was fine] until I rebooted into the new kernel',
        ],
        probe: [
          ['what does journalctl -u say for that unit?', '[it says|just] "permission denied" on its data directory'],
          ['did you run systemctl daemon-reload after editing the unit?', 'oh. [no, I did not|no]'],
          ['is the disk in fstab with nofail?', 'yes, with nofail and a uuid'],
        ],
        answer: [
          'put RequiresMountsFor= with the path into the unit, then systemd waits for the mount',
          'and do not edit the file of the package, use systemctl edit, that makes an override',
          'check the User= line and chown the directory to that user, [nine times out of ten|usually] it is file permissions',
        ],
        aside: [
          'systemd-analyze verify would have [found|told you] that',
          'journalctl -xe is still my most used command on linux',
          'in the old days that was a shell script and it was worse',
        ],
        done: [
          'that was it, {service} is up after a reboot',
          'works, the override did it. [two evenings|a whole morning] for one line',
          'it boots clean now, systemctl is all green',
        ],
      },
      {
        slots: {
          path: ['/var', '/home', '/', '/boot'],
          tool: ['ncdu', 'du -xh --max-depth=1', 'df -i'],
        },
        ask: [
          'my disk says {path} is full but I can not find [what fills it|any big files]',
          '"no space left on device" on {path} and df shows [20%|almost a quarter] free, what?',
          'how do you find what eats {path} on a linux server without a desktop?',
        ],
        more: [
          'I deleted the old logs already and nothing [changed|came back]',
          'it is an ext4 partition, [40|80] GB',
          'it is a tiny vps so I can not just add a disk',
        ],
        probe: [
          ['what does {tool} print?', 'lots of small files in a cache folder, [millions|hundreds of thousands] maybe'],
          ['did you restart the process that held the log?', 'no, do I have to?'],
          ['how many kernels are installed?', 'eleven, apparently'],
        ],
        answer: [
          'deleted files stay on disk while a process holds them open, type lsof +L1 on the command line and it lists those',
          'also look at inodes with df -i, then find and xargs away the tiny files, they use them up before the space is gone',
          'journalctl --vacuum-size=200M frees a lot, and remove the old kernels while you are there',
        ],
        aside: [
          'ncdu is the first thing I install on any debian box',
          'put /var on its own partition, future you says thanks',
          'it is always the journal, systemd keeps everything. or docker. or both',
        ],
        done: [
          'lsof showed a 30 GB deleted log, restarted the daemon and the space is back',
          'it was the inodes! cleaned the cache, disk is fine',
          'vacuumed the journal and got [6|9] GB back',
        ],
      },
      {
        slots: {
          cmd: ['rsync', 'my backup script', 'a python script', 'certbot'],
        },
        aligned: true,
        ask: [
          '{cmd} works in my terminal but not from cron, [what is different|why]?',
          'how do I see what a cron job prints? {cmd} fails and there is [no log|nothing anywhere]',
          'cron runs {cmd} twice every night, is that a known thing?',
        ],
        more: [
          'the crontab line is copied from the shell history',
          'it is bash with a couple of aliases in it',
          'running as root, if that matters',
        ],
        probe: [
          ['do you use full paths in the script?', 'only for some of the commands'],
          ['which shell does the crontab use?', 'no idea, the default I think'],
        ],
        answer: [
          'cron has nearly no environment: set PATH at the top of the crontab and SHELL=/bin/bash',
          'append >> /tmp/job.log 2>&1 to the crontab line and you will see the error',
          'or make it a systemd timer, then journalctl has the output and flock is not needed',
        ],
        aside: [
          'every cron job bug is a PATH bug',
          'I moved everything to systemd timers and never looked back',
          'also cron mails you the output, if you ever read local mail',
        ],
        done: [
          'PATH it was. of course',
          'the log shows the error now: an alias that does not exist under sh',
          'moved it to a timer, much nicer than cron',
        ],
      },
      {
        slots: {
          fs: ['btrfs', 'zfs', 'ext4', 'xfs'],
          what: ['my laptop', 'the media server', 'an old thinkpad'],
        },
        ask: [
          'would you put {fs} on {what} in this day and age?',
          'I want snapshots before each upgrade on {what}, is {fs} the way to go?',
          'is it hard to move {what} to {fs} without reinstalling linux?',
        ],
        more: [
          'there is only one ssd in it',
          'I broke the bootloader last time so I am [careful|nervous]',
          'I do have a backup. of most things',
        ],
        probe: [
          ['do you need checksums or only snapshots?', 'mostly to roll back a bad kernel update'],
          ['encrypted root?', 'yes, luks'],
        ],
        answer: [
          'for one disk and rollbacks take btrfs with subvolumes for root and home, snapper does the rest, and a bad kernel is only a rollback away',
          'zfs wants ram and its kernel module lags behind new kernels, keep it for the server',
          'boot a live usb, copy with rsync -aHAX, fix fstab and reinstall grub from a chroot, it is an hour',
        ],
        aside: [
          'ext4, grub and good backups, [fight me|that is all I say]',
          'a snapshot is not a backup, repeat after me',
          'I rolled back a kernel last week in thirty seconds, love it',
        ],
        done: [
          'did it with the chroot, grub came up at the first try',
          'snapshots are working, I rolled back twice just for fun',
          'done. root is a subvolume now and fstab makes sense',
        ],
      },
    ],
    talk: [
      {
        slots: {
          distro: ['Debian', 'Arch', 'NixOS', 'Fedora', 'Alpine'],
        },
        open: [
          '[so|ok] I put {distro} on the old laptop and it flies',
          'be honest, who here runs {distro} as a daily driver?',
          'new kernel is out, anyone on {distro} tried it?',
        ],
        lines: [
          'I have used {distro} for [six|ten|four] years and the shell config is older than my cat',
          'the installer is fine, it is the partition step that scares people',
          'I only want a terminal, a browser and suspend that works',
          'suspend works here since kernel 6.6, before that it was a lottery',
          'tiling window manager or desktop? I went back to a plain desktop',
          'systemd people and not-systemd people in one channel, [brave|here we go]',
          'my server has 400 days of uptime, I am afraid to reboot it',
          'zsh with three aliases, that is all the configuration I need',
          'whatever you pick, keep /home on its own partition',
          'I broke grub so often that I know the rescue prompt by heart',
        ],
      },
      {
        open: [
          'what is one linux command you use daily that [nobody talks about|more people should know]?',
          'share your favourite one-liner for the terminal',
        ],
        lines: [
          'ctrl-r in bash. it changed my life in 2009',
          'column -t, makes every ugly output readable',
          'I type "cd -" about a hundred times a day',
          'watch -n1 with anything, I just stare at it',
          'xargs -P to use all the cores, careful with the disk though',
          'tldr instead of man, sorry to the purists',
          'strace -f when everything else fails, it shows the file it could not open',
          'journalctl -f on the second monitor, like a fireplace',
          'I have an alias called oops that undoes the last git commit',
        ],
      },
    ],
  },
  es: {
    help: [
      {
        slots: {
          distro: ['Debian', 'Mint', 'Ubuntu', 'Arch'],
          que: ['actualizar', 'instalar el kernel nuevo', 'cambiar el disco'],
        },
        ask: [
          '[alguien sabe|sabe alguien] por qué mi {distro} no arranca después de {que}? se queda en el grub',
          'buenas, después de {que} en {distro} me sale "kernel panic", qué hago?',
          'se me quedó el linux en una pantalla negra después de {que}, [ayuda|auxilio]',
        ],
        more: [
          'puedo entrar con un usb live, eso sí',
          'el disco se ve bien desde la bios',
          'tengo el home en otra partición, por suerte',
        ],
        probe: [
          ['en el menú de grub te deja elegir el kernel anterior?', 'sí, con el anterior arranca'],
          ['qué te dice lsblk desde el usb live?', 'salen las tres particiones, parece todo normal'],
          ['te quedaste sin espacio en /boot?', 'pues... queda un mega'],
        ],
        answer: [
          'arranca con el kernel viejo, borra los que sobran de /boot y corre update-initramfs otra vez',
          'desde el live monta la raíz, haz chroot y reinstala grub, son cuatro comandos',
          'después mira el fstab: si cambió el uuid del disco el sistema no encuentra la raíz',
        ],
        aside: [
          'a mí me pasó igual, era el /boot lleno',
          'por eso nunca borro el kernel anterior',
          'respaldo primero, después el chroot, en ese orden',
        ],
        done: [
          'arrancó! era el /boot lleno, [increíble|qué vergüenza]',
          'con el chroot quedó, grub aparece como siempre',
          'listo, cambié el uuid en el fstab y ya entra',
        ],
      },
      {
        slots: {
          cosa: ['una carpeta compartida', 'un disco externo', 'la carpeta de las copias'],
        },
        ask: [
          'me da "permiso denegado" en {cosa} aunque soy el dueño, [qué miro|por dónde empiezo]?',
          'cómo hago para que dos usuarios escriban en {cosa} en linux?',
          'copié archivos a {cosa} con sudo y ahora no puedo borrarlos',
        ],
        more: [
          'hice un chmod 777 y me siento sucio',
          'es un servidor casero, lo uso por terminal',
          'el sistema de archivos es ntfs, viene de windows',
        ],
        probe: [
          ['qué sale con ls -l en la carpeta de arriba?', 'el dueño es root, ahí está la cosa'],
          ['los dos usuarios están en el mismo grupo?', 'no, cada uno en el suyo'],
        ],
        answer: [
          'haz un grupo, mete a los dos, chgrp a la carpeta y chmod g+s para que los archivos nuevos hereden el grupo',
          'y nada de chmod 777, con 2775 te sobra',
          'si es ntfs los permisos salen del montaje: pon uid y gid en el fstab y vuelve a montar',
        ],
        aside: [
          'el chmod 777 es el "apagar y prender" de los permisos',
          'acuérdate de cerrar sesión para que tome el grupo',
          'las acl también sirven, pero empieza por el grupo y el chown',
        ],
        done: [
          'con el grupo y el g+s funciona para los dos',
          'era el montaje, con uid en el fstab ya puedo escribir',
          'quedó, y sin 777, lo prometo',
        ],
      },
    ],
    talk: [
      {
        slots: {
          distro: ['Debian', 'Arch', 'Mint', 'Fedora'],
        },
        open: [
          'instalé {distro} en el portátil de mi mamá y ni se enteró',
          'quién más usa {distro} todos los días?',
          'se viene el kernel nuevo, lo van a probar en {distro}?',
        ],
        lines: [
          'yo uso {distro} desde la universidad, la terminal ya es mi casa',
          'mi servidor casero lleva un año sin reiniciar, lo miro y no lo toco',
          'a mí lo que me cuesta es la suspensión, cierro la tapa y rezo',
          'bash con cuatro alias y feliz',
          'el día que entendí las particiones dejé de tener miedo',
          'mi papá imprime desde linux, no se diga más',
          'systemctl para todo y se acabó la pelea',
          'yo rompí el grub tres veces este mes, ya lo reparo dormido',
        ],
      },
    ],
  },
};
