export interface NextStep {
  readonly what: string;
  /** One line for a POSIX shell. */
  readonly command: string;
}

/** What to do with a running lapse, as lines to paste; `userId` is one that is stored. */
export function nextSteps(url: string, userId: string): readonly NextStep[] {
  const who = JSON.stringify(userId);
  const instances = quote(`{"instances":[{"user_id":${who}}]}`);
  // The shell puts the time in.
  const action = `${quote(`{"user_id":${who},"action":"login","timestamp":"`)}"$(date -u +%FT%TZ)"${quote('"}')}`;
  return [
    { what: "Ask", command: post(`${url}/v1/models/churn:predict`, instances) },
    { what: "Ask why", command: post(`${url}/v1/models/churn:explain`, instances) },
    { what: "Send an action", command: post(`${url}/events`, action) },
    { what: "Take it into account", command: `curl -sX POST ${url}/run/features` },
    { what: "Train again", command: `curl -sX POST ${url}/run/train` },
  ];
}

function post(url: string, body: string): string {
  return `curl -s ${url} -H 'content-type: application/json' -d ${body}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
