# frozen_string_literal: true

require 'strscan'

module Calc
  class Error < StandardError; end

  Number = Data.define(:value) do
    def to_s = value.to_s
  end

  Binary = Data.define(:sign, :left, :right) do
    def value
      left.value.public_send(sign, right.value)
    end

    def to_s = "#{sign}#{left} #{right}"
  end

  class Parser
    LEVELS = [%w[+ -], %w[* / %]].freeze

    def initialize(source)
      @tokens = tokens(StringScanner.new(source))
    end

    def whole
      tree = level(0)
      raise Error, "left over #{@tokens.first}" if @tokens.any?

      tree
    end

    private

    def tokens(scanner)
      found = []
      until scanner.skip(/\s*/) && scanner.eos?
        found << (scanner.scan(%r{\d+|[-+*/%()]}) or raise Error, "bad character #{scanner.getch}")
      end
      found
    end

    def level(depth)
      return primary if depth == LEVELS.size

      tree = level(depth + 1)
      tree = Binary.new(sign: @tokens.shift, left: tree, right: level(depth + 1)) while LEVELS[depth].include?(@tokens.first)
      tree
    end

    def primary
      case @tokens.shift
      in /\A\d/ => digits then Number.new(digits.to_i)
      in '('
        level(0).tap { @tokens.shift == ')' or raise Error, 'missing )' }
      in nil then raise Error, 'unexpected end'
      in String => other then raise Error, "unexpected #{other}"
      end
    end
  end

  def self.calculate(source)
    tree = Parser.new(source).whole
    "#{tree} = #{tree.value}"
  rescue ZeroDivisionError, Error => e
    "#{e.class}: #{e.message}"
  end
end
