# frozen_string_literal: true

# What String knows of Unicode.
module Text
  refine String do
    def shape
      kinds = { L: /\p{L}/, N: /\p{N}/, M: /\p{M}/, E: /\p{Emoji_Presentation}/ }.transform_values { |kind| scan(kind).size }
      "#{bytesize}B #{size}cp #{grapheme_clusters.size}g #{kinds.map { |name, count| "#{name}#{count}" }.join(' ')}"
    end

    def folded
      unicode_normalize(:nfkc).downcase(:fold)
    end

    def shuffled
      each_grapheme_cluster.with_index.partition { |_, at| at.even? }.flat_map { |half| half.map(&:first) }.join
    end
  end

  Count = Struct.new(:word, :times) do
    include Comparable

    def <=>(other) = [-times, word] <=> [-other.times, other.word]
    def to_s = "#{word}:#{times}"
  end

  def self.top(words, number)
    words.tally.map { |word, times| Count.new(word, times) }.min(number)
  end
end
