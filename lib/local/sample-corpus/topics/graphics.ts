import type { TopicBank } from '../phrase-bank.ts';

/** GPUs, drivers, displays, rendering, images. */
export const graphics: TopicBank = {
  en: {
    help: [
      {
        slots: {
          gpu: ['nvidia', 'amd', 'intel'],
          mon: ['second monitor', '4k screen', 'tv'],
        },
        aligned: true,
        ask: [
          'the {mon} flickers since the {gpu} driver update, [ideas|any ideas]?',
          '{gpu} card, wayland, and the {mon} is stuck at 30 hertz, why?',
          'screen tearing on the {mon} with {gpu}, which setting is it?',
        ],
        more: [
          'on xorg it was [fine|better]',
          'resolution is right, only the refresh rate is wrong',
          'the cable is hdmi, came with the screen',
        ],
        probe: [
          ['which driver is loaded, the open one or the binary?', 'the binary one, version 550'],
          ['displayport or hdmi?', 'hdmi, the old kind'],
        ],
        answer: [
          'roll the video card driver back one version and pin it till the fix is out',
          'the gpu is fine, hdmi 1.4 can not do 4k at 60, take displayport or a newer cable',
          'turn on variable refresh in the compositor, xrandr shows whether it took, then the tearing goes',
        ],
        aside: [
          'the cable. it is always the cable',
          'nvidia and wayland, name a more iconic duo',
          'my radeon just works here, I say that quietly',
        ],
        done: [
          'rolled back the driver and the flicker is gone',
          'displayport cable, 60 hertz, done',
          'vrr on, no tearing',
        ],
      },
      {
        slots: {
          tool: ['blender', 'krita', 'inkscape', 'gimp'],
        },
        aligned: true,
        ask: [
          'rendering in {tool} takes [an hour|forever] a frame, does it use my gpu at all?',
          'export from {tool} has wrong colours in the browser, what am I missing?',
          '{tool} shows jagged edges on text, is that anti-aliasing?',
        ],
        more: ['the gpu sits at 2 percent', 'colours look fine inside {tool}', 'it is a 3000 pixel image'],
        probe: [
          ['what does the preferences page show under devices?', 'only the cpu is ticked'],
          ['which colour profile is embedded?', 'adobe rgb, apparently'],
        ],
        answer: [
          'tick the gpu under devices and lower the samples, then let the denoiser do its work',
          'convert to srgb on export, gimp and krita both can, browsers assume it',
          'make the text in inkscape as vectors and let the rendering to pixels be the very last step, at twice the resolution',
        ],
        aside: [
          'rendering with the denoiser at 128 samples is witchcraft',
          'srgb or tears',
          'save your layers before you flatten, ask me why',
        ],
        done: [
          'gpu render: 40 seconds a frame. forty seconds!',
          'srgb export, the colours match',
          'twice the resolution and the edges are smooth',
        ],
      },
      {
        slots: {
          what: ['a shader for water', 'shadows', 'a particle effect', 'a toon shader'],
        },
        aligned: true,
        ask: [
          'trying to write {what}, everything is black, how do you debug a shader?',
          '{what} runs at 12 fps on the laptop gpu, what is expensive here?',
          'is there a good way to learn {what} without a maths degree?',
        ],
        more: [
          'the texture loads, I checked',
          'two loops inside the fragment shader, eight steps each',
          'opengl, nothing fancy',
        ],
        probe: [
          ['did you output the normals as colour?', 'no, good idea'],
          ['how many texture reads a pixel?', 'sixteen'],
        ],
        answer: [
          'debug the shader with colours: write the value into the red channel, then you see what is wrong',
          'fewer texture reads in the shader, and rendering at half resolution, nobody sees it in motion',
          'begin with a shader of one flat colour and change one line at a time, the only maths is the dot product',
        ],
        aside: [
          'a black screen is the hello world of opengl',
          'normals pointing inwards, I bet',
          'fragment shaders are just sad little for loops',
        ],
        done: [
          'the normals were inside out. water!',
          'half resolution and it runs at 60',
          'one line at a time, I know what a dot product is for now',
        ],
      },
    ],
    talk: [
      {
        open: [
          'what are you rendering this week?',
          'finished the poster, {n} layers, one of them named',
          'gpu prices again, [lol|sigh]',
        ],
        slots: {
          n: ['84', '112', '61'],
        },
        lines: [
          'a teapot, obviously, in glass this time',
          'my gpu heats the room, saves on the radiator',
          'pixel art at 32 by 32 is harder than it looks',
          'vector for logos, raster for photos, and no discussion',
          'wayland has been quiet here for a month, I am suspicious',
          'a second monitor in portrait for the logs, best decision',
          'four hundred frames left and the fan is singing',
          'I named a layer "final final 3" and I stand by it',
        ],
      },
    ],
  },
  es: {
    help: [
      {
        slots: {
          gpu: ['nvidia', 'amd'],
          pantalla: ['el segundo monitor', 'la pantalla 4k', 'la tele'],
        },
        aligned: true,
        ask: [
          'con la {gpu} {pantalla} parpadea desde que actualicé el driver',
          '{pantalla} no pasa de 30 hertz con mi {gpu}, será el cable?',
          'la imagen se corta al mover ventanas en {pantalla}, uso {gpu}',
        ],
        more: ['uso wayland', 'la resolución sí la toma bien', 'el cable hdmi es viejito'],
        probe: [
          ['qué versión del driver tienes?', 'la última, la de la semana pasada'],
          ['por hdmi o displayport?', 'hdmi, el que traía la caja'],
        ],
        answer: [
          'vuelve a la versión anterior del driver de la tarjeta gráfica y fíjala hasta que lo arreglen',
          'la gpu está bien, con ese hdmi no pasas de 30 en 4k, consigue un cable displayport',
          'activa la frecuencia variable de la {gpu} con xrandr y se acaban los cortes de imagen',
        ],
        aside: [
          'es el cable, siempre es el cable',
          'nvidia con wayland, una historia de amor',
          'en mi tarjeta gráfica ni me acuerdo del driver',
        ],
        done: ['bajé el driver y no parpadea más', 'cable nuevo y 60 hertz', 'quedó, la imagen va suave'],
      },
      {
        slots: {
          programa: ['blender', 'krita', 'inkscape', 'gimp'],
        },
        aligned: true,
        ask: [
          'el render en {programa} tarda una hora por cuadro, no usa la gpu?',
          'los colores de {programa} salen distintos en la web, qué hago mal?',
          'exporto de {programa} y los bordes salen con dientes',
        ],
        more: [
          'la gpu está al 2 por ciento',
          'dentro del programa se ve perfecto',
          'la imagen es grande, 4000 píxeles',
        ],
        probe: [
          ['en preferencias está marcada la tarjeta?', 'solo está la cpu, ahí está'],
          ['qué perfil de color tiene?', 'adobe rgb'],
        ],
        answer: [
          'marca la gpu en preferencias y baja las muestras, el reductor de ruido hace lo demás',
          'exporta en srgb, gimp y krita lo hacen, los navegadores esperan eso',
          'que el renderizado salga al doble y lo reduces en gimp al final, los bordes quedan limpios',
        ],
        aside: ['el render en gpu es otra vida', 'guarda las capas antes de aplanar, por favor', 'srgb o lágrimas'],
        done: [
          'con la gpu son 40 segundos por cuadro',
          'en srgb los colores ya coinciden',
          'al doble de resolución quedó sin dientes',
        ],
      },
    ],
    talk: [
      {
        open: [
          'qué están dibujando esta semana?',
          'terminé el afiche, por fin',
          'subieron otra vez las tarjetas gráficas',
        ],
        lines: [
          'una tetera, pero de vidrio',
          'el pixel art chiquito es lo más difícil del mundo',
          'mi gpu calienta el cuarto, ahorro en estufa',
          'vector para el logo y foto para lo demás',
          'le puse a una capa "final final ahora sí"',
          'faltan doscientos cuadros de render y el ventilador canta',
          'dibujo con el ratón y me duele el alma',
          'una paleta de cinco colores y no me salgo de ahí',
        ],
      },
    ],
  },
};
