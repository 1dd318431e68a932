import type { TopicBank } from '../phrase-bank.ts';

/** Languages, tests, git, bugs. */
export const programming: TopicBank = {
  en: {
    help: [
      {
        slots: {
          lang: ['python', 'typescript', 'rust', 'go'],
          what: ['a chat bot', 'the parser', 'a small game server', 'the importer'],
        },
        aligned: true,
        ask: [
          '{what} in {lang} eats memory [all night|until it is killed], how do I find the leak?',
          'my {lang} program is slow and I do not know where, what [profiler|tool] do you use?',
          'writing {what} in {lang}, the function is 200 lines now, where do I cut?',
        ],
        more: [
          'I keep every message in a list, maybe that is it',
          'it is one loop over a big list',
          'the tests pass, all three of them',
        ],
        probe: [
          ['do you ever remove anything from that list?', '... no'],
          ['can you reproduce it with a small input?', 'with a thousand lines, yes'],
          ['do the tests cover it?', 'a third of it'],
        ],
        answer: [
          'process the file as a stream, line by line, pick a streaming api and the memory stays flat',
          'profile before you guess, the debugger or a profiler shows the one algorithm that takes 80 percent',
          'refactor in small steps: cut where you would write a comment, each comment becomes the name of a function',
        ],
        aside: [
          'it is a cache without a limit, valgrind would tell',
          'the fastest code is the code you delete',
          'unit test first, then refactor',
        ],
        done: [
          'streaming it: 40 megabytes instead of 4 gigs',
          'the profiler pointed at one regex. one',
          'split it in five functions, I can read my own code again',
        ],
      },
      {
        slots: {
          branch: ['main', 'the feature branch', 'the release branch'],
        },
        aligned: true,
        ask: [
          'git question: I committed to {branch} by mistake, how do I move the commit?',
          'I did a rebase of {branch} and lost [a day|three commits], is there a way back?',
          'merge conflict in {branch} with a lockfile, do I edit that by hand?',
        ],
        more: ['not pushed yet, luckily', 'git status says detached head', 'it is only me on that repository'],
        probe: [
          ['did you push it?', 'no, only local'],
          ['what does git reflog show?', 'oh, they are all there'],
        ],
        answer: [
          'new branch here, then reset the other one back by one: git branch rescue; git reset --hard HEAD~1',
          'git reflog has everything, make a branch at the old commit and you have lost nothing',
          'never solve a merge conflict in a lockfile by hand: take one side and run the install again',
        ],
        aside: [
          'git reflog has saved my job twice',
          'commit often, push before lunch',
          'git is a time machine with a terrible dashboard',
        ],
        done: [
          'branch rescued, {branch} is clean',
          'found the commits in the reflog, I can breathe',
          'regenerated the lockfile, merge done',
        ],
      },
      {
        slots: {
          lang: ['javascript', 'python', 'rust', 'c'],
        },
        aligned: true,
        ask: [
          'why does my async function in {lang} [return before it is done|never finish]?',
          'unit tests in {lang} pass alone and fail together, [what is that|why]?',
          'how do you test code that depends on the current time in {lang}?',
        ],
        more: [
          'no error, it simply hangs',
          'they share a variable at the top of the file',
          'it fails only on the build server',
        ],
        probe: [
          ['do you await it everywhere?', 'in most places'],
          ['does the order of tests matter?', 'if I shuffle them others fail'],
        ],
        answer: [
          'debugging tip: one missing await and the function returns a promise that nobody waits for, the compiler or linter can catch it',
          'shared state: each unit test builds everything new, then they do not see one another',
          'pass the clock in as an argument, then the unit test decides what time it is',
        ],
        aside: [
          'floating promises, the silent killers',
          'global variables are just bugs on holiday',
          'shuffle the unit tests with a seed, every day',
        ],
        done: [
          'a missing await, turned on the lint rule',
          'fresh fixture in each test and they pass in any order',
          'clock as an argument, so simple',
        ],
      },
      {
        slots: {
          thing: ['a regex', 'recursion', 'pointers', 'generics'],
        },
        ask: [
          'can someone explain {thing} like I am [five|twelve]? the docs lost me',
          'at which point did {thing} click for you?',
          'I have an exam on algorithms and {thing} on Monday, [help|any tips]?',
        ],
        more: [
          'I get the example, and then I try my own and it explodes',
          'my code compiles, I just do not know why',
          'I have read three tutorials',
        ],
        probe: [
          ['what is the smallest thing you want to do with it?', 'match a line of a log'],
          ['can you show your code?', 'it is ten lines, sure'],
        ],
        answer: [
          'take the smallest case by hand, on paper, then write the source code for exactly that',
          'write the unit test first: this input, that output, and only then the function',
          'and print the intermediate values, a debugger is fine too, but print is faster to learn from',
        ],
        aside: [
          'rubber duck first, then the compiler',
          'everybody fakes it till the third project',
          "read other people's source code, it is free",
        ],
        done: [
          'ok it clicked. smallest case first. wow',
          'my function passes the test, both of them',
          'I explained {thing} to my brother and he nodded',
        ],
      },
    ],
    talk: [
      {
        slots: {
          lang: ['rust', 'python', 'typescript', 'go', 'c'],
        },
        open: [
          'rewrote the tool in {lang} over the weekend',
          'what is a project that {lang} is the wrong language for?',
          'code review took four hours today, {lang} of course',
        ],
        lines: [
          'the compiler is my strictest friend',
          'half my functions are called handle something, I am not proud',
          'tests first, and I say that as someone who never did',
          'types are documentation that does not lie',
          'the bug was in the test, [again|naturally]',
          'I deleted 900 lines today, best commit of the year',
          'naming is hard, cache invalidation is a rumour',
          'pair programming with my cat, she disagrees with everything',
          'it compiles, [ship it|shipping it]',
        ],
      },
      {
        open: ['what are you all building this week?', 'show and tell: what did you code today?'],
        lines: [
          'an api for the bus times, it already has more bugs than buses',
          'a script that renames my photos, day three',
          'nothing, I am reading a book on compilers and feeling small',
          'a parser for chat logs, people write the strangest things',
          'a game in 200 lines of code, currently at 1400',
          'my first pull request to a real project, they were so kind',
          'a bot that reminds me to drink water, it has a memory leak',
        ],
      },
    ],
  },
  es: {
    help: [
      {
        slots: {
          lang: ['python', 'javascript', 'java', 'rust'],
          cosa: ['un bot', 'un script', 'una api', 'un juego'],
        },
        aligned: true,
        ask: [
          'hice {cosa} en {lang} y se come toda la memoria, cómo busco la fuga?',
          'mi función en {lang} devuelve undefined o nada, [qué hago mal|por qué]?',
          'estoy haciendo {cosa} en {lang} y el código ya es un monstruo, por dónde lo parto?',
        ],
        more: ['guardo todo en una lista', 'no da error, solo se queda ahí', 'los tests pasan, los dos que tengo'],
        probe: [
          ['alguna vez borras de esa lista?', 'nunca, ahora que lo pienso'],
          ['le pones await a la llamada?', 'a esa no'],
        ],
        answer: [
          'para depurar eso: lee el archivo línea por línea, no lo cargues entero, y la memoria se queda quieta',
          'con el depurador se ve: te falta un await, la función termina antes de que llegue el dato',
          'toca refactorizar: donde escribirías un comentario ahí va una función, y el comentario es el nombre',
        ],
        aside: [
          'primero las pruebas unitarias y después el cuchillo',
          'mide antes de adivinar, el algoritmo casi nunca es el culpable',
          'el código más rápido es el que borras',
        ],
        done: [
          'línea por línea y usa 30 megas',
          'era el await, gracias al cielo',
          'lo partí en cuatro funciones y ya lo entiendo',
        ],
      },
      {
        slots: {
          rama: ['main', 'la rama de pruebas', 'develop'],
        },
        aligned: true,
        ask: [
          'hice commit en {rama} por error, cómo lo muevo?',
          'perdí cambios en {rama} después de un rebase, se recuperan?',
          'tengo un conflicto en {rama} y no entiendo las flechitas de git',
        ],
        more: ['todavía no hice push', 'git dice "detached head" y me da miedo', 'estoy sola en ese repositorio'],
        probe: [
          ['ya lo subiste?', 'no, solo local'],
          ['qué sale en git reflog?', 'ahí están todos!'],
        ],
        answer: [
          'con git crea una rama nueva donde estás y devuelve la otra un commit con reset',
          'con git reflog encuentras el commit, creas una rama ahí y no perdiste nada',
          'en git, entre las flechas están las dos versiones, deja la buena, borra las marcas y commit',
        ],
        aside: [
          'el git reflog me salvó el trabajo dos veces',
          'commits chiquitos, duerme uno mejor',
          'git es una máquina del tiempo con mal tablero',
        ],
        done: [
          'moví el commit y {rama} quedó limpia',
          'recuperé todo del reflog, qué alivio',
          'resolví el conflicto, no era tan fiero',
        ],
      },
      {
        slots: {
          tema: ['la recursión', 'los punteros', 'las expresiones regulares', 'las clases'],
        },
        ask: [
          'alguien me explica {tema} como si tuviera cinco años?',
          'tengo examen de algoritmos y {tema} no me entra',
          'cómo aprendieron {tema}? ya leí tres tutoriales de programación',
        ],
        more: ['el ejemplo lo entiendo, lo mío explota', 'compila pero no sé por qué', 'el profe va muy rápido'],
        probe: [
          ['cuál es el caso más chiquito que quieres resolver?', 'contar palabras de un texto'],
          ['puedes mostrar el código?', 'son diez líneas, claro'],
        ],
        answer: [
          'programar es eso: haz el caso más pequeño a mano, en papel, y después el código de solo ese caso',
          'escribe primero las pruebas unitarias, esta entrada y esta salida, y luego el algoritmo',
        ],
        aside: [
          'todos fingimos hasta el tercer proyecto',
          'imprime las variables, no hay vergüenza',
          'explícaselo a un pato de goma',
        ],
        done: [
          'ya me entró! el caso chiquito primero',
          'la función pasa el test, miren eso',
          'aprobé, {tema} incluida',
        ],
      },
    ],
    talk: [
      {
        slots: {
          lang: ['rust', 'python', 'typescript', 'java'],
        },
        open: [
          'en qué están programando esta semana?',
          'reescribí el bot en {lang} y no me arrepiento',
          'hoy borré 600 líneas de código, qué paz',
        ],
        lines: [
          'el compilador es mi amiga más estricta',
          'yo peleando con un test que falla los martes',
          'nombrar funciones es lo más difícil de la carrera',
          'mi primer pull request, fueron muy amables',
          'si compila no lo toques',
          'el error estaba en el test, otra vez',
          'un script para renombrar fotos que ya tiene tres módulos',
          'los tipos son documentación que no miente',
          'programo mejor después de la siesta, hay pruebas',
        ],
      },
    ],
  },
};
