package main

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"text/scanner"
)

var errZero = errors.New("division by zero")

type syntaxError struct {
	column int
	what   string
}

func (e *syntaxError) Error() string {
	return fmt.Sprintf("column %d: %s", e.column, e.what)
}

type node interface {
	value() *big.Rat
	fmt.Stringer
}

type number struct{ rat *big.Rat }

type binary struct {
	sign        rune
	left, right node
}

func (n number) value() *big.Rat { return n.rat }
func (n number) String() string  { return n.rat.RatString() }

func (b binary) String() string { return fmt.Sprintf("[%v%c%v]", b.left, b.sign, b.right) }

func (b binary) value() *big.Rat {
	left, right := b.left.value(), b.right.value()
	result := new(big.Rat)
	switch b.sign {
	case '+':
		return result.Add(left, right)
	case '-':
		return result.Sub(left, right)
	case '*':
		return result.Mul(left, right)
	}
	if right.Sign() == 0 {
		panic(errZero)
	}
	result.Quo(left, right)
	if b.sign == '%' {
		whole := new(big.Int).Quo(result.Num(), result.Denom())
		result.Sub(left, new(big.Rat).Mul(right, new(big.Rat).SetInt(whole)))
	}
	return result
}

type parser struct {
	scanner.Scanner
	token rune
}

func parse(source string) node {
	p := &parser{}
	p.Init(strings.NewReader(source))
	p.Mode = scanner.ScanInts
	p.Error = func(*scanner.Scanner, string) {}
	p.advance()
	tree := p.level(0)
	if p.token != scanner.EOF {
		p.fail("left over")
	}
	return tree
}

func (p *parser) advance() { p.token = p.Scan() }

func (p *parser) fail(what string) {
	panic(&syntaxError{p.Position.Column, what + " " + scanner.TokenString(p.token)})
}

func (p *parser) level(depth int) node {
	signs := [...]string{"+-", "*/%"}
	if depth == len(signs) {
		return p.primary()
	}
	tree := p.level(depth + 1)
	for strings.ContainsRune(signs[depth], p.token) {
		sign := p.token
		p.advance()
		tree = binary{sign, tree, p.level(depth + 1)}
	}
	return tree
}

func (p *parser) primary() node {
	switch p.token {
	case scanner.Int:
		rat, _ := new(big.Rat).SetString(p.TokenText())
		p.advance()
		return number{rat}
	case '(':
		p.advance()
		tree := p.level(0)
		if p.token != ')' {
			p.fail("wanted ), found")
		}
		p.advance()
		return tree
	}
	p.fail("unexpected")
	return nil
}

func calculate(source string) (answer string, err error) {
	defer func() {
		switch failure := recover().(type) {
		case nil:
		case error:
			err = fmt.Errorf("calculating: %w", failure)
		}
	}()
	tree := parse(source)
	return fmt.Sprintf("%v = %s", tree, tree.value().FloatString(3)), nil
}
