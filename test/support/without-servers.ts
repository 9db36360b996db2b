// What a unit test makes up must not reach the stores of the machine that it runs on.
for (const name of Object.keys(process.env))
  if (/^(ELASTICSEARCH|MINIO|PUSHGATEWAY)_/.test(name)) delete process.env[name];
