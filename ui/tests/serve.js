import { serve } from './server.js';

await serve(Number(process.argv[2]));
