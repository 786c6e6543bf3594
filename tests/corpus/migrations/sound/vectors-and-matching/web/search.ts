const { data, error } = await supabase.rpc("match_documents", { query_embedding: embedding, match_count: 3 });
