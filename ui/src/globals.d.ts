/** Whether this build carries the agent that lives in the page (`vite --mode fake`). */
declare const __FAKE__: boolean;
