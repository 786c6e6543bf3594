import { createClient } from "@/utils/supabase/server";

export default async function Books({ term }: { term?: string }) {
  const supabase = await createClient();
  const { data: books } = await supabase
    .from("books")
    .select("id, title, published_on, authors (name)")
    .order("title");
  const { data: found } = await supabase.rpc("find_books", { term });
  return (
    <ul>
      {[...(books ?? []), ...(found ?? [])].map((book) => (
        <li key={book.id}>{book.title}</li>
      ))}
    </ul>
  );
}
