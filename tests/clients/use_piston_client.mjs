// npm's piston-client, which posts JSON as text/plain, against the service whose URL is given.
import client from 'piston-client';

const piston = client({ server: process.argv[2] });
console.log((await piston.runtimes()).some((runtime) => runtime.language === 'python'));
console.log(JSON.stringify((await piston.execute('javascript', 'console.log(1 + 1)')).run.output));
