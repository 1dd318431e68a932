import type { TopicBank } from '../phrase-bank.ts';

/** Wallets, contracts, gas, stablecoins. */
export const crypto: TopicBank = {
  en: {
    help: [
      {
        slots: {
          chain: ['base', 'mainnet', 'a testnet', 'an l2'],
          token: ['usdc', 'a stablecoin', 'my test token'],
        },
        aligned: true,
        ask: [
          'my {token} transfer on {chain} is pending for [an hour|two hours], did I set the gas too low?',
          'sent {token} to the right address on the wrong network, {chain} instead, is it gone?',
          'why does a swap of {token} on {chain} cost more gas than last week?',
        ],
        more: ['the wallet shows nonce 41 twice', 'explorer says "not found"', 'it is a small amount but still'],
        probe: [
          ['is there an older transaction with a lower nonce stuck?', 'yes, one from yesterday'],
          ['do you hold the key of that address on both chains?', 'it is my own wallet, so yes'],
        ],
        answer: [
          'send from the same wallet with the same nonce and higher gas fees, it replaces the stuck one',
          'same key, same address: add the other network to the wallet and the token is there',
          'look at the base fee of the blockchain, blocks are full when an nft mint runs, wait an hour',
        ],
        aside: [
          'new wallet, small test amount first, always',
          'nonces are the queue at the bakery',
          'nobody from wallet support will ever write to you first',
        ],
        done: [
          'replaced the nonce, both went through',
          'added the network and there it is, [phew|my heart]',
          'waited an hour, the gas was a tenth',
        ],
      },
      {
        slots: {
          fn: ['withdraw', 'claim', 'transferFrom', 'settle'],
        },
        aligned: true,
        ask: [
          'my solidity contract reverts in {fn} and the error is empty, how do I debug it?',
          'is this safe? {fn} sends ether before it updates the balance',
          'how do I test {fn} with a time lock without waiting a day?',
        ],
        more: ['it works on the local chain', 'the audit is in two weeks', 'openzeppelin erc20, nothing special'],
        probe: [
          ['is there an approve before the transferFrom?', 'oh no'],
          ['is there a test for reentrancy?', 'not yet, no'],
        ],
        answer: [
          'use custom errors with values in solidity, then the trace says what failed',
          'checks, effects, interactions: a smart contract updates the balance first and transfers last, else it is reentrancy',
          'on a local evm you can move the clock, warp a day ahead and mine a block',
        ],
        aside: [
          'the dao says hello',
          'a fuzz test of the smart contract would find that in a minute',
          'write the invariant down before the solidity',
        ],
        done: [
          'missing approve, [classic|of course]',
          'moved the transfer to the end, the test for reentrancy passes',
          'warped the clock, {fn} works after the lock',
        ],
      },
      {
        slots: {
          thing: ['a hardware wallet', 'a multisig', 'a paper backup'],
        },
        aligned: true,
        ask: [
          'is {thing} worth it for a [small|tiny] amount of crypto?',
          'how do you keep the seed phrase of {thing} safe without a bunker?',
          'lost the pin of {thing}, the seed is on paper, am I fine?',
        ],
        more: ['two of my friends could hold a key', 'I do not trust my own cloud', 'the paper is in a cookbook'],
        probe: [
          ['who would you trust with a second key?', 'my sister, for one'],
          ['who else can find the paper?', 'anyone who likes soup'],
          ['did you ever test the recovery?', 'never dared'],
        ],
        answer: [
          'two of three multisig with friends, then one lost key is only annoying',
          'two copies of the seed phrase in two places, never a photo, never a password manager with sync',
          'reset the wallet, recover from the seed phrase and send a cent around, a copy you did not test is a hope',
        ],
        aside: [
          'not your keys, not your soup',
          'steel plate, twenty minutes, a hammer',
          'the weakest link of every cold storage is the photo',
        ],
        done: [
          'two of three set up with my sister',
          'bought the steel plate, hammering tonight',
          'recovered from paper, it works, I slept',
        ],
      },
    ],
    talk: [
      {
        slots: {
          what: ['gas', 'the new l2', 'stablecoins', 'account abstraction'],
        },
        open: [
          'thoughts on {what}?',
          '{what} again all over my feed',
          'someone explain why {what} matters, one sentence',
        ],
        lines: [
          'boring is good, I want payments and not fireworks',
          'I deployed a contract for two cents yesterday, that is the news',
          'the wallet ux is still from a submarine',
          'nobody reads what they sign and that is the whole problem',
          'gm to everyone who did not get liquidated',
          'I only hold usdc, I am here for the plumbing',
          'an escrow is a nicer handshake, that is all I need from a blockchain',
          'if the yield has two digits then you are the yield',
          'wrote a bot for arbitrage, it taught me humility',
        ],
      },
    ],
  },
  es: {
    help: [
      {
        slots: {
          red: ['base', 'la red principal', 'la red de pruebas'],
          token: ['usdc', 'el token', 'la plata'],
        },
        aligned: true,
        ask: [
          'mandé {token} por {red} y la transacción sigue pendiente hace una hora, qué hago?',
          'envié {token} a la dirección correcta pero por otra red, {red}, se perdió?',
          'por qué el gas en {red} está tan caro hoy?',
        ],
        more: [
          'la billetera muestra el mismo nonce dos veces',
          'es poquito, pero duele',
          'el explorador no la encuentra',
        ],
        probe: [
          ['tienes otra transacción atascada antes?', 'sí, una de ayer'],
          ['la dirección es tuya en las dos redes?', 'es mi misma billetera'],
        ],
        answer: [
          'desde la billetera manda otra con el mismo nonce y más gas, reemplaza a la atascada',
          'misma llave, misma dirección: agrega la red en la billetera y ahí está',
          'espera una hora, cuando la cadena de bloques va llena el gas sube para cualquier token',
        ],
        aside: [
          'billetera nueva, primero un centavo de prueba, siempre',
          'nadie de soporte te va a escribir, ojo',
          'el nonce es la fila de la panadería',
        ],
        done: [
          'reemplacé el nonce y pasaron las dos',
          'agregué la red y apareció, [qué susto|uf]',
          'esperé y el gas bajó a la décima parte',
        ],
      },
      {
        slots: {
          cosa: ['la billetera física', 'la frase semilla', 'la multifirma'],
        },
        aligned: true,
        ask: [
          'cómo guardan {cosa} sin volverse locos?',
          'vale la pena {cosa} si uno tiene poquita cripto?',
          'perdí el pin de la billetera pero tengo la semilla en papel, estoy a salvo?',
        ],
        more: [
          'no confío en mi propia nube',
          'mi hermana podría tener una llave',
          'el papel está en un libro de recetas',
        ],
        probe: [
          ['quién más encuentra ese papel?', 'el que quiera hacer sopa'],
          ['en quién confías para una segunda llave?', 'en mi hermana'],
          ['ya probaste recuperarla?', 'nunca me atreví'],
        ],
        answer: [
          'dos copias de la frase semilla en dos lugares, nunca foto, nunca en línea',
          'una multisig dos de tres con gente de confianza y perder una llave solo molesta',
          'recupera la billetera desde el papel y manda un centavo, una copia sin probar es una esperanza',
        ],
        aside: [
          'placa de acero, martillo y veinte minutos',
          'el eslabón débil de la frase semilla es siempre la foto',
          'ni tus llaves ni tu sopa',
        ],
        done: [
          'compré la placa de acero, hoy martillo',
          'quedó la multifirma con mi hermana',
          'recuperé desde el papel y funciona',
        ],
      },
    ],
    talk: [
      {
        slots: {
          que: ['el gas', 'las stablecoins', 'los contratos', 'la red nueva'],
        },
        open: ['qué opinan de {que}?', 'otra vez {que} en todas partes', 'explíquenme {que} en una frase'],
        lines: [
          'lo aburrido es bueno, yo quiero pagar y ya',
          'desplegué un contrato por dos centavos, esa es la noticia',
          'nadie lee lo que firma y ese es el problema',
          'las billeteras parecen hechas para un submarino',
          'si te pagan dos dígitos, el negocio eres tú',
          'yo solo uso usdc para mandarle plata a mi mamá',
          'un contrato de garantía es un apretón de manos con memoria',
          'hice un bot de arbitraje y me enseñó humildad',
        ],
      },
    ],
  },
};
