declare interface Greeting {
  readonly text: string;
}
