import type { TopicBank } from '../phrase-bank.ts';

/** Playing games and making them run. */
export const gaming: TopicBank = {
  en: {
    help: [
      {
        slots: {
          game: ['Hollow Lantern', 'Starfarm', 'Dungeon Post', 'Kart of the Dead'],
        },
        aligned: true,
        ask: [
          '{game} runs at 20 fps on steam deck, which settings [matter|would you lower]?',
          'how do I run {game} on linux? proton starts and closes again',
          'my save of {game} is gone after the patch, is there a backup somewhere?',
        ],
        more: [
          'the menu is smooth, the game is not',
          'protondb says platinum, my machine disagrees',
          'forty hours in that save',
        ],
        probe: [
          ['shadows on ultra?', 'everything on ultra, yes'],
          ['which proton version?', 'the default one'],
        ],
        answer: [
          'shadows to medium, volumetric fog off, that doubles your fps, textures can stay',
          'force proton experimental in the properties of the game and delete its prefix once',
          'look in the compatdata folder of the game, the old save has a bak next to it',
        ],
        aside: [
          'fog is the most expensive grey in any game',
          'cap it at 40 fps, the deck loves that',
          'cloud saves, kids, cloud saves',
        ],
        done: [
          '60 fps without the fog, {game} is pretty too',
          'proton experimental did it',
          'found the bak file, my farm lives!',
        ],
      },
      {
        slots: {
          game: ['Hollow Lantern', 'Dungeon Post', 'Circuit Saga'],
          boss: ['the clock knight', 'the second boss', 'the moth queen', 'the last level'],
        },
        ask: [
          'stuck at {boss} in {game} since [Friday|two days], tips without spoilers?',
          'which build do you play in {game}? mine melts at {boss}',
          'is {boss} in {game} meant to be that hard or am I under level?',
        ],
        more: ['I always die in the second phase', 'level 23, sword and shield', 'I threw the controller. softly'],
        probe: [
          ['do you dodge into it or away?', 'away, always away'],
          ['did you get the lantern upgrade?', 'there is an upgrade?'],
        ],
        answer: [
          'it is a fair boss fight: dodge towards it, most attacks have no hitbox behind',
          'go back for the upgrade in the second dungeon, it is half the game',
          'two hits, then step back, the boss fight punishes greed with a third phase',
        ],
        aside: [
          'greed kills more players than the boss',
          'I beat that one by accident',
          'spear build, controller in hand, never looked back',
        ],
        done: [
          'DOWN. fourth try after dodging forward',
          'the upgrade makes it a different game',
          'beat {boss}, my hands are shaking',
        ],
      },
      {
        slots: {
          engine: ['godot', 'a small engine of mine', 'pygame'],
        },
        aligned: true,
        ask: [
          'making a platformer in {engine}, the jump feels [floaty|like the moon], how do games do it?',
          'multiplayer in {engine}: players rubber-band all over, what do I read about?',
          'how big should the first game be? I have a design for an mmo in {engine}',
        ],
        more: ['gravity is the real 9.81', 'the server sends positions 10 times a second', 'the team is me'],
        probe: [
          ['is gravity the same going up and down?', 'yes, should it not?'],
          ['do you interpolate between states?', 'no, I set the position'],
        ],
        answer: [
          'every good game has more gravity on the way down, and a few frames of coyote time at the edge',
          'interpolate 100 ms behind the game server and predict only your own player',
          'make pong as your first game, then one level design of the thing you want, then decide about the mmo',
        ],
        aside: [
          'screen shake and a good sprite, a little of both, not that much',
          'every mmo starts as a chat with swords',
          'juice first, features later',
        ],
        done: [
          'the jump feels like a game now!',
          'interpolation on, no rubber band',
          'pong is done. it has a title screen and everything',
        ],
      },
    ],
    talk: [
      {
        slots: {
          game: ['Hollow Lantern', 'Starfarm', 'Kart of the Dead', 'Circuit Saga'],
        },
        open: [
          'who is playing {game} these days?',
          '{game} got a patch, servers are [full|on fire]',
          'co-op tonight? {game}, I have two free slots',
        ],
        lines: [
          'finished it last week, the ending is worth it',
          'the soundtrack alone is worth the price',
          'I have 300 hours in it and only plant turnips',
          'lag on the eu server again, my ping is a phone number',
          'controller or keyboard? this one needs a controller',
          'the speedrun of it is 14 minutes, my record is 9 hours',
          'I am in, give me half an hour to eat',
          'my kid beats me at it and narrates it',
          'best tutorial in any game, you do not notice it',
          'I only play the fishing part, no regrets',
        ],
      },
      {
        open: ['tournament on Sunday: bracket is open', 'stream starts in ten minutes, we continue the run'],
        lines: [
          'sign me up, team name pending',
          'I will lose in round one with dignity',
          'someone cast it please, last time was hilarious',
          'same server as always?',
          'raid boss on stream, this I have to see',
          'my team needs a healer, I can pay in memes',
          'no sniping the stream, you know who you are',
        ],
      },
    ],
  },
  es: {
    help: [
      {
        slots: {
          juego: ['Hollow Lantern', 'Starfarm', 'Dungeon Post'],
          jefe: ['el caballero reloj', 'el segundo jefe', 'la reina polilla'],
        },
        ask: [
          'llevo dos días con {jefe} en {juego}, algún consejo sin spoilers?',
          'qué build usan en {juego}? la mía no sirve contra {jefe}',
          '{jefe} en {juego} es así de difícil o me falta nivel?',
        ],
        more: ['siempre muero en la segunda fase', 'nivel 22, espada y escudo', 'casi rompo el control'],
        probe: [
          ['esquivas hacia él o para atrás?', 'para atrás, siempre'],
          ['tienes la mejora de la linterna?', 'hay una mejora??'],
        ],
        answer: [
          'en este juego esquiva hacia el jefe, detrás casi no tiene ataque',
          'vuelve por la mejora de la segunda mazmorra, con eso el juego cambia',
          'dos golpes y atrás, en todas mis partidas el tercero es el que te mata',
        ],
        aside: ['la avaricia acaba más partidas que el jefe', 'yo lo pasé de casualidad', 'con lanza es otro juego'],
        done: ['CAYÓ, al cuarto intento', 'con la mejora es otro juego', 'le gané a {jefe}, me tiemblan las manos'],
      },
      {
        slots: {
          juego: ['Starfarm', 'Kart of the Dead', 'Circuit Saga'],
        },
        aligned: true,
        ask: [
          '{juego} me va a 20 fps, qué bajo primero?',
          'se puede jugar {juego} en linux? con proton se cierra',
          'perdí la partida de {juego} con el parche, hay copia en algún lado?',
        ],
        more: ['tengo todo en ultra', 'el menú va fluido, el juego no', 'eran cuarenta horas de partida'],
        probe: [
          ['las sombras en ultra?', 'todo en ultra, sí'],
          ['qué versión de proton?', 'la que viene'],
        ],
        answer: [
          'baja las sombras y quita la niebla, con eso doblas los fps',
          'usa proton experimental y borra el prefijo del juego una vez',
          'en la carpeta compatdata suele quedar una copia de la partida',
        ],
        aside: [
          'la niebla es el gris más caro del mundo',
          'ponle tope a 40 y la consola te lo agradece',
          'guardado en la nube siempre',
        ],
        done: ['60 fps sin niebla', 'con proton experimental abre perfecto', 'encontré la copia, mi granja vive!'],
      },
    ],
    talk: [
      {
        slots: {
          juego: ['Hollow Lantern', 'Starfarm', 'Kart of the Dead'],
        },
        open: [
          'quién juega {juego} esta noche? tengo dos cupos',
          'salió parche de {juego}',
          'torneo el domingo, las llaves están abiertas',
        ],
        lines: [
          'yo, dame media hora y como algo',
          'lo terminé la semana pasada, el final vale la pena',
          'llevo 300 horas y solo siembro nabos',
          'el lag de anoche fue un chiste, mi ping parecía un teléfono',
          'me anoto, el nombre del equipo está pendiente',
          'voy a perder en la primera ronda con dignidad',
          'que alguien lo narre como la vez pasada',
          'mi sobrino me gana y encima me explica',
          'con mando, con teclado es imposible',
          'yo solo voy por la pesca',
        ],
      },
    ],
  },
};
