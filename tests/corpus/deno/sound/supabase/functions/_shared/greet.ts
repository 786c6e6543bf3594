export const greet = (name: string): Greeting => ({ text: `hello ${name}` });
