Deno.serve(() => {
  const answer = { region: deployedRegion };
  return Response.json(answer);
});
