import type { TopicBank } from '../phrase-bank.ts';

/** Routers, wifi, DNS, cables. */
export const networking: TopicBank = {
  en: {
    help: [
      {
        slots: {
          room: ['the bedroom', 'the attic', 'my desk', 'the kitchen'],
          speed: ['2', '5', '11'],
        },
        ask: [
          'my wifi drops to {speed} megabit in {room}, the router is [two walls|one floor] away, what can I do?',
          'is a mesh worth it or should I run ethernet to {room}?',
          'wifi in {room} is fine by day and [dead|useless] every evening, why?',
        ],
        more: [
          'the router is the one from the provider',
          'the laptop shows four bars all the time',
          'there are about thirty networks of the neighbours around here',
        ],
        probe: [
          ['which channel and which band is it on?', '2.4 GHz, channel 6 like everybody else'],
          ['did you test with a cable at the router?', 'full speed with the cable'],
        ],
        answer: [
          'move the wifi to 5 GHz and a free channel, in the evening all your neighbours share the same air',
          'and if you can pull one ethernet cable, put an access point at its end, no mesh beats a cable',
          'powerline is the last resort, worse than wifi, its latency jumps whenever the fridge starts',
        ],
        aside: [
          'I hid a flat ethernet cable under the carpet, nobody knows',
          'wifi bars show signal, not bandwidth',
          'half of all router problems are a router in a cupboard',
        ],
        done: [
          '5 GHz and channel 44, [200|180] megabit in {room} now',
          'pulled the cable on Sunday, ping is 1 ms',
          'turned the mesh off and used an access point, so much better',
        ],
      },
      {
        slots: {
          site: ['the package mirror', 'my own domain', 'one single website', 'the game server'],
        },
        ask: [
          'dns question: {site} does not resolve at home but works on my phone',
          'ping works by ip and not by name, only for {site}, what is [going on|this]?',
          'how do I find out which dns server my laptop really asks?',
        ],
        more: [
          'I changed the record yesterday',
          'there is a pihole in the network',
          'restarting the router helps for an hour',
        ],
        probe: [
          ['what does dig say with @9.9.9.9 and without?', 'with it I get the address, without it nothing'],
          ['what ttl did the old record have?', 'a day, I think'],
        ],
        answer: [
          'then your local dns resolver has cached the miss, flush it: resolvectl flush-caches',
          'lower the dns ttl a day before you change a record, it saves you that evening',
          'and check that dhcp hands out the resolver that you think it does',
        ],
        aside: [
          'it is always dns',
          'there is a haiku about this',
          'the pihole is a dns server, it blocks more than ads on a bad day',
        ],
        done: [
          'flushed the cache, {site} resolves',
          'it was the blocklist on the pihole',
          "the dhcp gave out the provider's dns. fixed, everything resolves",
        ],
      },
      {
        slots: {
          thing: ['my home server', 'a raspberry', 'the camera', 'a minecraft server'],
        },
        ask: [
          'how do I reach {thing} from outside? port forwarding does [nothing|not work]',
          'provider says I have cgnat, can I still get to {thing} from the road?',
          'is it [ok|safe] to open a port for {thing} or should I use a vpn?',
        ],
        more: [
          'the router has an upnp switch, it is on',
          'my public ip changes every night',
          'I would rather not pay for a static ip',
        ],
        probe: [
          [
            'is the wan address of the router the same as what a website shows you?',
            'no, the router has a 100.64 address',
          ],
          ['do you need it for others or only for yourself?', 'only me and my sister'],
        ],
        answer: [
          'that is carrier nat, no forwarding will ever work: use wireguard to a cheap vps, or ipv6',
          'with wireguard you open one udp port, nothing else of the network is visible',
          'set a persistent keepalive of 25 seconds so that the tunnel survives the nat',
        ],
        aside: [
          'turn upnp off in the router please',
          'ipv6 would solve it, in the year 3000',
          'wireguard config is ten lines, I cried',
        ],
        done: [
          'wireguard is up, I can see {thing} from the train',
          'used the vps as a relay, latency is 30 ms, good enough',
          'upnp is off, tunnel is on, I feel like a grown-up',
        ],
      },
    ],
    talk: [
      {
        slots: {
          thing: ['a new switch', 'fibre', 'a second router', 'a ten gigabit card'],
        },
        open: [
          'just got {thing} at home, today is cable day',
          'they finally bring {thing} to my street',
          'is {thing} overkill for a flat? asking for me',
        ],
        lines: [
          'label both ends of every cable, trust me',
          'I measured: the bottleneck was my own patch cable',
          'the latency is what you feel, not the bandwidth',
          'vlan for the gadgets, they do not need to see my files',
          'my router runs openwrt and is happier than I am',
          'packet loss at eleven every night, the provider says "impossible"',
          'ipv6 works here since spring, nobody noticed, which is the point',
          'crimped forty plugs on Saturday, two of them work',
          'wifi is for phones, everything with a screen gets ethernet',
        ],
      },
    ],
  },
  es: {
    help: [
      {
        slots: {
          lugar: ['el cuarto', 'el segundo piso', 'la cocina', 'el taller'],
        },
        ask: [
          'el wifi no me llega a {lugar}, repetidor o cable?',
          'la conexión se cae todas las noches en {lugar}, el router está [lejos|al otro lado]',
          'tengo 300 megas y en {lugar} llegan 8, qué hago con el router?',
        ],
        more: [
          'el router es el del proveedor',
          'las paredes son de ladrillo del bueno',
          'con el celular pasa lo mismo',
        ],
        probe: [
          ['en qué banda estás, 2.4 o 5?', 'en 2.4, la otra ni aparece'],
          ['con cable en el router te dan los 300?', 'con cable sí, perfecto'],
        ],
        answer: [
          'en el router cambia el canal del wifi y pasa lo que puedas a 5 GHz, en 2.4 estás peleando con todos los vecinos',
          'si puedes tirar un cable ethernet hasta allá, pon otro router como punto de acceso y olvídate',
          'el repetidor de wifi te corta la velocidad a la mitad, es el último recurso',
        ],
        aside: [
          'saquen el router del armario, por favor',
          'yo pasé el ethernet por la ventana y feliz',
          'las rayitas del wifi mienten',
        ],
        done: [
          'con el punto de acceso tengo 250 megas en {lugar}',
          'cambié el canal y dejó de caerse',
          'tiré el cable el domingo, ping de un milisegundo',
        ],
      },
      {
        slots: {
          equipo: ['la raspberry', 'el servidor', 'la cámara', 'la impresora'],
        },
        ask: [
          'cómo entro a {equipo} desde afuera sin abrir puertos en el router?',
          'abrí el puerto para {equipo} y desde afuera no responde',
          '{equipo} cambia de ip cada día y pierdo la conexión, se puede fijar?',
        ],
        more: ['el proveedor me dio cgnat, creo', 'quiero entrar solo yo', 'el dns dinámico tampoco anda'],
        probe: [
          ['la ip del router es la misma que te muestra una página de afuera?', 'no, es otra que empieza con 100'],
          ['tienes algún servidor con ip pública?', 'un vps chiquito, sí'],
        ],
        answer: [
          'entonces es cgnat: monta wireguard contra el vps y entras por el túnel',
          'y reserva la ip en el dhcp por la mac, así no cambia nunca',
          'con keepalive de 25 segundos el túnel no se cae',
        ],
        aside: [
          'apaguen el upnp del router, no sean valientes',
          'wireguard son diez líneas, una belleza',
          'en el campo con el nat del proveedor wireguard es lo único que sirve',
        ],
        done: [
          'el túnel anda, entré a {equipo} desde el bus',
          'reservé la ip en el dhcp y listo',
          'wireguard contra el vps, quedó de una',
        ],
      },
    ],
    talk: [
      {
        slots: {
          cosa: ['la fibra', 'otro router', 'un switch nuevo'],
        },
        open: [
          'por fin llegó {cosa} a la casa',
          'hoy es día de tirar cables, tengo {cosa}',
          'alguien más con cortes de internet? porque {cosa} no me salvó',
        ],
        lines: [
          'etiqueta los dos lados del cable, hazme caso',
          'la latencia es lo que se siente, los megas son para presumir',
          'mi router con openwrt trabaja más que yo',
          'acá en la loma la antena se mueve con el viento y adiós ping',
          'el dns siempre tiene la culpa, hasta que no',
          'yo separé los aparatos en otra red, que no chismoseen',
          'hice veinte conectores y me quedaron bien tres',
          'cuando llueve el wifi del vecino llega mejor que el mío',
        ],
      },
    ],
  },
};
