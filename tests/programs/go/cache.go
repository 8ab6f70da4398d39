package main

import (
	"cmp"
	"container/heap"
	"container/list"
	"iter"
	"maps"
	"slices"
)

type entry[K comparable, V any] struct {
	key   K
	value V
}

type lru[K comparable, V any] struct {
	capacity int
	order    *list.List
	places   map[K]*list.Element
}

func newLru[K comparable, V any](capacity int) *lru[K, V] {
	return &lru[K, V]{capacity, list.New(), map[K]*list.Element{}}
}

func (c *lru[K, V]) get(key K) (value V, found bool) {
	place, found := c.places[key]
	if found {
		c.order.MoveToFront(place)
		value = place.Value.(*entry[K, V]).value
	}
	return value, found
}

func (c *lru[K, V]) put(key K, value V) (evicted *entry[K, V]) {
	if _, found := c.get(key); found {
		c.order.Front().Value.(*entry[K, V]).value = value
		return nil
	}
	c.places[key] = c.order.PushFront(&entry[K, V]{key, value})
	if c.order.Len() <= c.capacity {
		return nil
	}
	evicted = c.order.Remove(c.order.Back()).(*entry[K, V])
	delete(c.places, evicted.key)
	return evicted
}

type road struct {
	to     string
	length int
}

type frontier []road

func (f frontier) Len() int           { return len(f) }
func (f frontier) Less(i, j int) bool { return f[i].length < f[j].length }
func (f frontier) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *frontier) Push(item any)     { *f = append(*f, item.(road)) }
func (f *frontier) Pop() any {
	last := (*f)[len(*f)-1]
	*f = (*f)[:len(*f)-1]
	return last
}

type graph map[string][]road

func (g graph) add(a, b string, length int) {
	g[a] = append(g[a], road{b, length})
	g[b] = append(g[b], road{a, length})
}

func (g graph) shortest(start string) map[string]int {
	known := map[string]int{}
	for open := (&frontier{{start, 0}}); open.Len() > 0; {
		here := heap.Pop(open).(road)
		if _, seen := known[here.to]; seen {
			continue
		}
		known[here.to] = here.length
		for _, next := range g[here.to] {
			heap.Push(open, road{next.to, here.length + next.length})
		}
	}
	return known
}

// byCount yields a map's keys, the greatest count first.
func byCount[K cmp.Ordered](counts map[K]int) iter.Seq2[K, int] {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b K) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	return func(yield func(K, int) bool) {
		for _, key := range keys {
			if !yield(key, counts[key]) {
				return
			}
		}
	}
}
