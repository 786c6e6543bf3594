class Greeter {
  greet(): string {
    return "hello";
  }
  greet(): string {
    return "good morning";
  }
}

Deno.serve(() => {
  announce();
  return new Response(new Greeter().greet());
});
