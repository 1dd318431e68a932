import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { agentStatus } from '../../../lib/core/agent-state.ts';
import { parseAnnouncement } from '../../../lib/irc/parse.ts';
import { checkManifest } from '../../support/check-manifest.ts';
import { comparisons } from '../../support/dashboard-expressions.ts';
import { questionIn } from '../../support/irc-conversation.ts';
import { agentNames, manifestText, seedFiles } from '../../support/vault-seed.ts';

const manifests = agentNames.map((name) => checkManifest(parse(manifestText(name)), name));
const page = (path: string): string => seedFiles.get(path) ?? '';

/** The cells of the table rows of a page whose first cell is code. */
function codeRows(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.slice(2, -2).split(/ (?<!\\)\| /));
}

describe('what the seed tells', () => {
  it('names the products, sellers and prices of the manifests', () => {
    const told = codeRows(page('knowledge/products.md')).map(([product = '', seller = '', price = '']) => ({
      product: product.replaceAll('`', ''),
      seller: /agents\/([^/]+)\/state/.exec(seller)?.[1],
      price: /^\d+\.\d+/.exec(price)?.[0],
    }));
    const sold = manifests.flatMap(({ metadata, spec }) =>
      spec.sells.map(({ product, price }) => ({
        product,
        seller: metadata.name,
        price: (Number(price) / 1e6).toString(),
      })),
    );
    const byProduct = (a: { readonly product: string }, b: { readonly product: string }) =>
      a.product < b.product ? -1 : 1;
    expect([...told].sort(byProduct)).toEqual([...sold].sort(byProduct));
  });

  it('orders all products in the supply chain', () => {
    const stages = [...page('dashboards/supply-chain.base').matchAll(/product == "([a-z-]+)", "\d \1"/g)].map(
      ([, name]) => name,
    );
    const sold = manifests.flatMap(({ spec }) => spec.sells.map(({ product }) => product));
    expect([...stages].sort()).toEqual([...sold].sort());
  });

  it('shows every status of an agent that a person must see to', () => {
    const inTrouble = agentStatus.options.filter((status) => !['working', 'resting'].includes(status));
    for (const file of ['dashboards/problems.base', 'dashboards/problems.md']) {
      const shown = comparisons(page(file)).flatMap(({ field, text }) => (field === 'status' ? [text] : []));
      expect(shown, file).toEqual(inTrouble);
    }
  });

  it('shows lines that agents understand, one of each type', () => {
    const block = /```text\n([\s\S]*?)```/.exec(page('knowledge/the-channel.md'))?.[1] ?? '';
    const lines = block.trim().split('\n');
    const values: Readonly<Record<string, string>> = {
      product: 'raw-logs',
      n: '3',
      price: '0.05',
      title: 'one day of chat',
      why: 'to read',
      id: '1a2b3c4d',
      nick: 'kk-0xyuls',
      buyer: 'kk-0xyuls',
      seller: 'kk-karma-hello',
      summary: 'all is well',
    };
    const types = lines.map(
      (line) => parseAnnouncement(line.replace(/<([a-z]+)>/g, (_, name) => values[name] ?? ''))?.type,
    );
    expect(types).toEqual(['have', 'need', 'i-have-that', 'interested', 'deal', 'settled', 'status']);
  });

  it.each(['Start.md', 'knowledge/the-channel.md'])('gives questions in %s that agents can answer', (path) => {
    const asked = [...page(path).matchAll(/`([^`\n]*kk-[^`\n]*)`/g)]
      .map(([, line = '']) => line)
      .filter((line) => /^kk-[\w-]+: |, kk-[\w-]+\?$/.test(line));
    expect(asked.length).toBeGreaterThanOrEqual(4);
    for (const line of asked) {
      const nick = /kk-[\w-]+/.exec(line)?.[0] ?? '';
      expect(agentNames).toContain(nick);
      expect(questionIn(line, nick, ['raw-logs']), line).toBeDefined();
      if (!line.includes('help')) expect(questionIn(line, nick, ['raw-logs'])?.topic, line).not.toBe('help');
    }
  });
});
