import type { TopicBank } from '../phrase-bank.ts';

/** Package managers, dependencies, repositories. */
export const packages: TopicBank = {
  en: {
    help: [
      {
        slots: {
          pkg: ['ffmpeg', 'libssl', 'python3-dev', 'docker', 'pipewire'],
        },
        ask: [
          'apt wants to remove [half my system|80 packages] to install {pkg}, is that normal?',
          '{pkg} has unmet dependencies and apt install -f does nothing, [ideas|any ideas]?',
          'I added a ppa for {pkg} and now every upgrade is held back',
        ],
        more: [
          'I mixed two repositories, I know, I know',
          'apt-cache policy shows two versions of {pkg}',
          'this started after a half finished dist-upgrade',
        ],
        probe: [
          [
            'which repository does the installed version come from? apt policy tells you',
            'from the ppa, the distribution has an older package',
          ],
          ['anything on hold? apt-mark showhold', 'yes, {pkg} is on hold'],
        ],
        answer: [
          'ppa-purge that repository, it downgrades its packages to the ones of the distribution',
          'then apt full-upgrade and read the list before you press y',
          'if dpkg is stuck: dpkg --configure -a first, then apt -f install, in that order',
        ],
        aside: [
          'never mix releases in sources.list, it is the road to dependency hell',
          'this is why I pin packages with apt',
          'aptitude explains conflicts better than apt, try it',
        ],
        done: [
          'purged the ppa, {pkg} installed without removing anything',
          'unhold fixed it, all packages are current',
          'dpkg --configure -a did the trick',
        ],
      },
      {
        slots: {
          lib: ['numpy', 'a tiny parser', 'react', 'the discord library', 'pillow'],
          tool: ['pip', 'npm'],
        },
        aligned: true,
        ask: [
          '{tool} install of {lib} [fails|dies] with a wall of red, where do I even look?',
          'should I commit the lockfile? {tool} keeps changing {lib} under me',
          'two projects need different versions of {lib}, how do you keep {tool} from mixing them?',
        ],
        more: [
          'it works on my laptop and fails on the server',
          'something about a wheel that can not be built',
          'I used sudo with it. I know',
        ],
        probe: [
          ['what is the first error, not the last?', 'it says a header file is missing'],
          ['is the lockfile in git?', 'no, it was in the ignore file'],
          ['do you use a virtual environment?', 'I should, right?'],
        ],
        answer: [
          'read the first error: a missing header means install the -dev package with apt',
          'commit the lockfile and install frozen, so what you compile here is what they compile there',
          'one environment a project, or one docker container each, never sudo, and pin the version that works',
        ],
        aside: [
          'I put each of mine in docker and forgot about it',
          'left-pad taught us nothing',
          'delete node_modules and breathe',
        ],
        done: [
          'it was the -dev package. the first error, noted',
          'lockfile is in, server and laptop agree on the version now',
          'a fresh environment solved it',
        ],
      },
      {
        slots: {
          app: ['the video editor', 'my editor', 'the chat client', 'the browser'],
        },
        aligned: true,
        ask: [
          'flatpak, snap or the normal package for {app}?',
          'why is {app} as a flatpak [two gigabytes|so big] when the deb package is 60 MB?',
          'is there a way to see which package a file belongs to? {app} brought something strange',
        ],
        more: [
          'I only have a small ssd',
          'the distribution version is two years old',
          'it sits in /opt, of all places',
        ],
        probe: [['do you need access to files outside your home?', 'only an external disk']],
        answer: [
          'flatpak for big desktop apps that move fast, the distribution package for everything else',
          'the size is the shared runtime, the second flatpak costs much less',
          'dpkg -S and the path tells the package, rpm -qf on the other side of the fence',
        ],
        aside: [
          'snapd starts slower, that is all I hold against it',
          'appimage in ~/bin and done',
          'the best package is the one somebody else maintains',
        ],
        done: [
          'went with the flatpak, and granted it the disk with flatseal',
          'took the deb package after all, works',
          'dpkg -S answered it, thanks to the terminal gods',
        ],
      },
    ],
    talk: [
      {
        open: ['upgrade day: [212|341|97] packages, wish me luck', 'who else reads the changelog before an upgrade?'],
        lines: [
          'I read it after, to learn what I broke',
          'unattended upgrades for security, by hand for the rest',
          'pin the kernel package and sleep well',
          'I keep one repository and no ppa, boring is beautiful',
          'apt autoremove once took my desktop with it',
          'a package nobody maintains is a bug with a version number',
          "dependencies are other people's opinions installed on your disk",
          'testing repository on a production box, what could go wrong',
        ],
      },
    ],
  },
  es: {
    help: [
      {
        slots: {
          paq: ['ffmpeg', 'vlc', 'obs', 'python', 'steam'],
        },
        ask: [
          'apt me dice "paquetes rotos" al instalar {paq}, cómo lo arreglo?',
          'no puedo actualizar, {paq} queda retenido y no sé por qué',
          'agregué un repositorio para {paq} y ahora todo da error de dependencias',
        ],
        more: [
          'creo que mezclé repositorios de dos versiones',
          'cerré la terminal a mitad de la instalación',
          'ya probé con apt install -f y nada',
        ],
        probe: [
          ['qué te muestra apt policy de ese paquete?', 'dos versiones, una del repositorio que agregué'],
          ['dpkg --configure -a termina o da error?', 'ese sí terminó bien'],
        ],
        answer: [
          'quita ese repositorio, haz apt update y baja el paquete a la versión de la distribución',
          'después apt full-upgrade y lee la lista antes de aceptar',
          'si sigue roto, borra el paquete con dpkg --remove --force-depends y lo instalas de nuevo',
        ],
        aside: [
          'mezclar repositorios siempre termina en llanto',
          'a mí me gusta aptitude para esos conflictos',
          'el flatpak de eso anda bien y te olvidas',
        ],
        done: [
          'quité el repositorio y {paq} instaló a la primera',
          'era el paquete retenido, ya actualicé todo',
          'con full-upgrade quedó, sin paquetes rotos',
        ],
      },
      {
        slots: {
          lib: ['pandas', 'la librería del bot', 'pillow', 'react'],
        },
        aligned: true,
        ask: [
          'pip no me deja instalar {lib}, dice que el entorno lo maneja el sistema',
          'por qué npm me baja medio internet para {lib}?',
          'en mi máquina {lib} funciona y en el servidor no, es la versión del paquete?',
        ],
        more: ['usé sudo, no me regañen', 'no tengo el lockfile en el repositorio', 'es un proyecto chiquito'],
        probe: [
          ['usas un entorno virtual?', 'no, instalo todo global'],
          ['cuántas de esas usas de verdad?', 'creo que dos'],
          ['qué versión hay en cada lado?', 'una mayor de diferencia'],
        ],
        answer: [
          'crea un entorno virtual por proyecto, o un contenedor de docker, y adentro instala lo que quieras, sin sudo',
          'mira el árbol con npm ls y quita la dependencia que ya no usas, casi siempre es una sola',
          'sube el lockfile al repositorio y fija la versión, así las dependencias son iguales en todas partes',
        ],
        aside: [
          'lo de instalar global lo hicimos todos una vez',
          'las dependencias de las dependencias, ese pozo',
          'con docker eso tarda un segundo',
        ],
        done: [
          'con el entorno virtual instaló sin quejarse',
          'quité una dependencia y bajó a la mitad',
          'fijé la versión y ya corre en el servidor',
        ],
      },
    ],
    talk: [
      {
        open: [
          'hoy toca actualizar, [180|240|95] paquetes, deséenme suerte',
          'ustedes leen la lista antes de actualizar los paquetes?',
        ],
        lines: [
          'yo la leo después, para saber qué rompí',
          'un solo repositorio y nada raro, así duermo bien',
          'el autoremove me borró el escritorio una vez, desde entonces leo',
          'mi servidor se actualiza solo y yo finjo que no me importa',
          'cada dependencia es un invitado más en la casa',
          'los viernes no se instala nada, regla de oro',
          'compilé un paquete yo mismo y me sentí astronauta',
        ],
      },
    ],
  },
};
