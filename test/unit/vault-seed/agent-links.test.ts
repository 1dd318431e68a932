import { describe, expect, it } from 'vitest';
import { agentStatePath } from '../../../lib/core/agent-state.ts';
import { wikilink } from '../../../lib/core/markdown.ts';
import { agentNames } from '../../support/vault-seed.ts';

// Obsidian's help, "Aliases": a link to an alias is written as [[path|alias]]; [[alias]] alone is not followed.
describe('links to agents in rendered notes', () => {
  it('lead to the state of the agent and show its name', () => {
    const links = agentNames.map((name) => `[[${agentStatePath(name).replace(/\.md$/, '')}|${name}]]`);
    expect(agentNames.map((name) => wikilink(name))).toEqual(links);
  });

  it('show another text where one is given, and leave paths alone', () => {
    expect(wikilink('kk-a', 'the seller')).toBe('[[agents/kk-a/state|the seller]]');
    expect(wikilink('agents/kk-a/needs', 'needs')).toBe('[[agents/kk-a/needs|needs]]');
    expect(wikilink('shared/ledger')).toBe('[[shared/ledger]]');
  });
});
