using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Report.Lib;

public sealed class Lru<TKey, TValue>(int capacity) : IEnumerable<KeyValuePair<TKey, TValue>> where TKey : notnull
{
    private readonly LinkedList<KeyValuePair<TKey, TValue>> order = new();
    private readonly Dictionary<TKey, LinkedListNode<KeyValuePair<TKey, TValue>>> places = [];

    public event Action<TKey, TValue>? Evicted;

    public TValue this[TKey key]
    {
        get => TryGet(key, out var value) ? value : throw new KeyNotFoundException($"no {key}");
        set
        {
            if (places.Remove(key, out var old)) order.Remove(old);
            places[key] = order.AddFirst(KeyValuePair.Create(key, value));
            if (order.Count > capacity) Evict(order.Last!.Value);
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        value = default;
        if (!places.TryGetValue(key, out var place)) return false;
        order.Remove(place);
        order.AddFirst(place);
        value = place.Value.Value;
        return true;
    }

    private void Evict(KeyValuePair<TKey, TValue> oldest)
    {
        order.RemoveLast();
        places.Remove(oldest.Key);
        Evicted?.Invoke(oldest.Key, oldest.Value);
    }

    public IEnumerator<KeyValuePair<TKey, TValue>> GetEnumerator() => order.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

public sealed class Graph
{
    private readonly SortedDictionary<string, Dictionary<string, int>> roads = new(StringComparer.Ordinal);

    public void Add(string a, string b, int length)
    {
        foreach (var (from, to) in new[] { (a, b), (b, a) })
        {
            var neighbours = roads.TryGetValue(from, out var known) ? known : roads[from] = [];
            neighbours[to] = Math.Min(length, neighbours.GetValueOrDefault(to, int.MaxValue));
        }
    }

    public IEnumerable<(string Node, int Length)> Shortest(string start)
    {
        var known = new HashSet<string>();
        var open = new PriorityQueue<(string Node, int Length), (int, string)>(
            Comparer<(int, string)>.Create((x, y) => x.Item1 != y.Item1 ? x.Item1 - y.Item1 : string.CompareOrdinal(x.Item2, y.Item2)));
        open.Enqueue((start, 0), (0, start));
        while (open.TryDequeue(out var here, out _))
        {
            if (!known.Add(here.Node)) continue;
            yield return here;
            foreach (var (there, road) in roads[here.Node])
                open.Enqueue((there, here.Length + road), (here.Length + road, there));
        }
    }
}
