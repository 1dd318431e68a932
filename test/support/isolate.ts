// Keeps the machine's git configuration and identity out of every test.
process.env.GIT_CONFIG_GLOBAL = '/dev/null';
process.env.GIT_CONFIG_SYSTEM = '/dev/null';
process.env.GIT_CONFIG_NOSYSTEM = '1';
process.env.GIT_TERMINAL_PROMPT = '0';
// The AWS SDK speaks of its own future at every start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// `npm run test:soak` tries each property on many more cases.
const runs = Number(process.env.KK_PROPERTY_RUNS ?? '0');
if (runs > 0) (await import('fast-check')).configureGlobal({ numRuns: runs });
