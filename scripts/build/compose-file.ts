import type { Manifest } from '../../lib/core/manifest.ts';
import { MEMORY_LIMIT_MIB } from '../../lib/fleet/memory-needs.ts';
import { sellsLogs } from '../../lib/host/sells-logs.ts';

/** The text of docker/compose.yaml for these agents. Same manifests, same text. */
export function composeFile(manifests: readonly Manifest[]): string {
  const names = manifests.map(({ metadata }) => metadata.name);
  const seller = manifests.find(sellsLogs);
  const agents = manifests.map((one) => agentService(one, one === seller));
  return [HEAD, setupService(names), ...agents, volumes(names)].join('\n');
}

const HEAD = `# Made by scripts/build/compose.ts from agents/*/manifest.yaml: change those, or the script, and run npm run compose.
#
#   docker compose -f docker/compose.yaml up
#
# builds three images and starts 24 agents with all that they need; docker/README.md says how to look in. Set in the
# environment or in docker/.env: KK_LOGS (folder of chat logs to sell; the shipped sample if absent) with
# KK_DAY_SECONDS=86400, KK_BEAT_SECONDS, KK_OPERATOR_KEYS (public keys of further operators, by commas), KK_TAG (of the images), KK_GIT_PORT and KK_IRC_PORT (on this machine).

x-build: &build
  context: ..
  dockerfile: docker/Dockerfile

# What holds for every container: nothing to write but its volumes and a small /tmp, no rights, no way out. Images are
# built here and never looked for at a registry, each by one service (hub, setup, steward), which those that run the same
# come after: two builds of one tag at a time end in an error, and version 1.29 builds in the order of starting.
x-contained: &contained
  init: true
  pull_policy: never
  read_only: true
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  pids_limit: 128
  tmpfs: ["/tmp:rw,noexec,nosuid,nodev,size=64m,mode=1777"]
  networks: [floor]
  restart: unless-stopped
  stop_grace_period: 15s
  logging:
    driver: json-file
    options: { max-size: 5m, max-file: "3" }

x-unit-environment: &unit-environment
  KK_SECRET_FILE: /run/kk/secret/secret.json
  KK_HUB_CA: /run/kk/ca/hub-ca.pem
  KK_DEPLOYMENT: /run/kk/deployment/deployment.json
  KK_VAULT_REMOTE: https://hub:8443/vault.git
  KK_IRC: ircs://hub:6697
  KK_RPC: http://chain:8545
  KK_S3_ENDPOINT: http://objects:9000
  KK_OPERATOR_KEYS: \${KK_OPERATOR_KEYS:-}
  KK_OPERATOR_KEYS_FILE: /run/kk/deployment/operator-key.pub
  KK_BUCKET: karmakadabra
  KK_BEAT_SECONDS: \${KK_BEAT_SECONDS:-30}
  KK_DAY_SECONDS: \${KK_DAY_SECONDS:-60}
  KK_IMAGE: karmakadabra/agent:\${KK_TAG:-local}
  AWS_REGION: us-east-1

x-after-setup: &after-setup
  setup: { condition: service_completed_successfully }
  hub: { condition: service_healthy }

x-agent: &agent
  <<: *contained
  image: karmakadabra/agent:\${KK_TAG:-local}
  depends_on: { <<: *after-setup, steward: { condition: service_started } }

x-local: &local
  <<: *contained
  image: karmakadabra/local:\${KK_TAG:-local}
  mem_limit: ${MEMORY_LIMIT_MIB.local}m
  depends_on: { setup: { condition: service_started } }

networks:
  # Nobody on it reaches anything outside.
  floor: { internal: true }
  # The hub alone has a door, on this machine's loopback.
  door: {}

services:
  hub:
    <<: *contained
    image: karmakadabra/hub:\${KK_TAG:-local}
    build: { <<: *build, target: hub }
    hostname: hub
    mem_limit: ${MEMORY_LIMIT_MIB.hub}m
    networks: [floor, door]
    ports: ["127.0.0.1:\${KK_GIT_PORT:-8443}:8443", "127.0.0.1:\${KK_IRC_PORT:-6697}:6697"]
    environment:
      KK_SECRET_FILE: /run/kk/secret/secret.json
      KK_CA_FILE: /run/kk/ca/hub-ca.pem
      KK_DEPLOYMENT: /run/kk/deployment/deployment.json
      KK_OPERATOR_KEYS: \${KK_OPERATOR_KEYS:-}
      KK_OPERATOR_KEYS_FILE: /run/kk/deployment/operator-key.pub
      KK_ARCHIVE: \${KK_ARCHIVE:-}
      KK_RPC: http://chain:8545
      KK_IMAGE: karmakadabra/hub:\${KK_TAG:-local}
    volumes:
      - state-hub:/state
      - secret-hub:/run/kk/secret:ro
      - hub-ca:/run/kk/ca
      - deployment:/run/kk/deployment:ro
    depends_on:
      setup: { condition: service_completed_successfully }

  # The treasury, the health loop and housekeeping: docker compose exec steward swarm-ops status
  steward:
    <<: *agent
    build: { <<: *build, target: agent }
    depends_on: *after-setup
    command: [steward]
    hostname: steward
    mem_limit: ${MEMORY_LIMIT_MIB.steward}m
    environment: *unit-environment
    volumes:
      - state-steward:/state
      - secret-steward:/run/kk/secret:ro
      - hub-ca:/run/kk/ca:ro
      - deployment:/run/kk/deployment:ro

  chain:
    <<: *local
    command: [local-chain]
    hostname: chain
    volumes: ["state-chain:/state", "deployment:/run/kk/deployment:ro"]

  objects:
    <<: *local
    command: [local-objects]
    hostname: objects
    volumes: ["state-objects:/state", "secret-objects:/run/kk/secret:ro", "sample:/sample"]
`;

function setupService(names: readonly string[]): string {
  const secrets = [...names, 'hub', 'objects', 'steward'].map((unit) => `      - secret-${unit}:/secrets/${unit}`);
  return `  # Makes secrets, contracts and the bucket, and ends. The only container that sees more than one secret.
  setup:
    <<: *local
    build: { <<: *build, target: local }
    depends_on: []
    command: [local-setup]
    hostname: setup
    restart: on-failure
    healthcheck: { disable: true }
    volumes:
      - state-setup:/state
      - deployment:/run/kk/deployment
      - hub-ca:/run/kk/ca:ro
${secrets.join('\n')}
`;
}

function agentService({ metadata, spec }: Manifest, hasLogs: boolean): string {
  const { name } = metadata;
  const corpus = hasLogs ? '\n      KK_CORPUS_DIR: /corpus' : '';
  const logs = hasLogs ? `\n      - \${KK_LOGS:-sample}:/corpus:ro` : '';
  return `  ${name}:
    <<: *agent
    hostname: ${name}
    mem_limit: ${MEMORY_LIMIT_MIB.agent[spec.role]}m
    environment:
      <<: *unit-environment
      KK_AGENT: ${name}
      KK_PREFIX: agents/${name}/${corpus}
    volumes:
      - state-${name}:/state
      - secret-${name}:/run/kk/secret:ro
      - hub-ca:/run/kk/ca:ro
      - deployment:/run/kk/deployment:ro${logs}
`;
}

function volumes(names: readonly string[]): string {
  const units = [...names, 'hub', 'objects', 'steward'];
  const all = [
    'deployment',
    'hub-ca',
    'sample',
    'state-chain',
    'state-setup',
    ...units.map((unit) => `secret-${unit}`),
    ...units.map((unit) => `state-${unit}`),
  ];
  return `volumes:\n${all
    .sort()
    .map((volume) => `  ${volume}:`)
    .join('\n')}\n`;
}
