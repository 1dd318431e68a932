import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fleetConfig } from './support.ts';
import { callQuery, changesOf, type Moto, missingForMoto, startMoto, Workbench } from './terraform.ts';

const missing = missingForMoto();
const AGENTS = ['kk-a', 'kk-b', 'kk-c', 'kk-d'];
const ALLOWED = 2;

// As EC2 answers, with a limit of the account that is seen again and again: 400, and a code that nothing retries.
const REFUSED = `<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>VcpuLimitExceeded</Code><Message>You have requested more vCPU capacity than your current vCPU limit of 4 allows for the instance bucket that the specified instance type belongs to.</Message></Error></Errors><RequestID>1</RequestID></Response>`;

/** The AWS API of an account in which only so many instances may run. */
interface Limited {
  readonly endpoint: string;
  allow: number;
  readonly close: () => Promise<void>;
}

describe.skipIf(missing !== '')(
  `an account that has room for only some machines${missing === '' ? '' : ` (skipped: ${missing} not found)`}`,
  () => {
    let moto: Moto;
    let account: Limited;
    let bench: Workbench;
    let stack = '';
    const instances = async () =>
      (await bench.terraform(stack, 'state', 'list')).stdout
        .split('\n')
        .filter((one) => one.startsWith('aws_instance.'));
    const plan = async () => {
      const said = await bench.terraform(stack, 'plan', '-input=false', '-out=plan.bin');
      expect(said.stderr).toBe('');
      return changesOf((await bench.terraform(stack, 'show', '-json', 'plan.bin')).stdout);
    };
    const apply = () => bench.terraform(stack, 'apply', '-input=false', 'plan.bin');

    beforeAll(async () => {
      moto = await startMoto();
      account = await limit(moto.endpoint, ALLOWED);
      bench = new Workbench(account.endpoint);
      const registered = await callQuery(moto.endpoint, 'ec2', {
        ...{ Action: 'RegisterImage', Version: '2016-11-15' },
        ...{ Name: 'kk', Architecture: 'arm64', RootDeviceName: '/dev/xvda' },
      });
      const image = /<imageId>(ami-[0-9a-f]+)</.exec(registered)?.[1] ?? '';
      const without = { hub: { snapshotsKept: 0 }, alarms: { monthlyBudgetUsd: 0 } };
      stack = bench.synth('fleet', fleetConfig({ ...without, machine: { image } }), AGENTS);
      expect((await bench.terraform(stack, 'init', '-input=false')).stderr).toBe('');
    });
    afterAll(async () => {
      await account?.close();
      await moto?.stop();
      bench?.remove();
    });

    it('gets those, and the apply names the limit and each machine that it left out', async () => {
      await plan();
      const said = await apply();
      expect(said.code).toBe(1);
      expect(said.stderr).toContain('VcpuLimitExceeded');
      const made = await instances();
      expect(made).toHaveLength(ALLOWED);
      for (const unit of ['hub', ...AGENTS]) {
        const address = `aws_instance.${unit}_instance`;
        expect(said.stderr.includes(`with ${address},`)).toBe(!made.includes(address));
      }
    });

    it('gets the rest from a second apply once the limit is raised, and nothing that was made is touched', async () => {
      const made = await instances();
      account.allow = Number.POSITIVE_INFINITY;
      const changes = await plan();
      expect(new Set(changes.values())).toEqual(new Set(['create']));
      for (const address of made) expect(changes.has(address)).toBe(false);
      expect(await apply()).toMatchObject({
        code: 0,
        stderr: '',
        stdout: expect.stringContaining('0 changed, 0 destroyed'),
      });
      expect(await instances()).toHaveLength(1 + AGENTS.length);
      expect([...(await plan())]).toEqual([]);
    });
  },
);

async function limit(upstream: string, allow: number): Promise<Limited> {
  const server: Server = createServer((incoming, outgoing) => {
    void buffer(incoming).then((body) => {
      if (/(?:^|&)Action=RunInstances(?:&|$)/.test(body.toString('latin1'))) {
        if (limited.allow <= 0) return void outgoing.writeHead(400, { 'content-type': 'text/xml' }).end(REFUSED);
        limited.allow -= 1;
      }
      const { method, url: path, headers } = incoming;
      const { hostname: host, port } = new URL(upstream);
      const onward = request({ host, port, method, path, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      onward.end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const limited: Limited = {
    endpoint: `http://127.0.0.1:${port}`,
    allow,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return limited;
}
